#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, builds, and runs every test and check:
#   sudo scripts/test.sh           what CI runs
#   sudo scripts/test.sh --all     the long ones too: 30 s storms, every kernel of the VM matrix
# Ends with a line "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=
case ${1:-} in
  '') ;;
  --all) all=1 ;;
  *)
    echo "test: usage: scripts/test.sh [--all]" >&2
    exit 2
    ;;
esac
export HOODTRACE_TEST_ALL=$all

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

say() { printf '\n== %s\n' "$*"; }

# check NAME COMMAND...: one check that passes or fails as a whole.
check() {
  local name=$1 started=$SECONDS
  shift
  say "$name"
  if "$@"; then
    passed=$((passed + 1))
    echo "ok ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED: $name" >&2
  fi
}

# ctests PRESET [CTEST-ARGUMENTS...]: runs them and adds their counts.
ctests() {
  local preset=$1 report status=0
  shift
  report=$results/$preset-$RANDOM.xml
  ctest --preset "$preset" --output-junit "$report" "$@" || status=$?
  local counts
  counts=$(scripts/count_tests.py "$report") || status=1
  local p f s
  read -r p f s <<<"$counts"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  if ((status != 0 && ${f:-0} == 0)); then
    failed=$((failed + 1))
    echo "FAILED: the tests of preset $preset did not run through" >&2
  fi
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
  elif ((status == 77)); then
    skipped=$((skipped + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: the kernel matrix did not run through" >&2
  fi
}

scripts/setup.sh test
# shellcheck source=scripts/build.sh
source scripts/build.sh
want_tests=1

say "building release"
build release
say "tests: unit, abi, golden"
ctests release -LE live
# Live tests share the machine with whatever else runs on it: one that was disturbed runs again, and
# ctest's output shows that it did.
say "tests: live"
ctests release -L live --repeat until-pass:3
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
ctests sanitize -L 'unit|golden' -j "$(nproc)"
check "fuzzing for a minute: decode, and the trace file" scripts/fuzz.sh 60
# The tests too would cost CI another three minutes.
rooms=(userspace)
[[ -z $all ]] || rooms+=(tests)
check "clang-tidy over ${rooms[*]}" scripts/check_tidy.sh "${rooms[@]}"
check "core builds without any BPF tool" scripts/check_core.sh
# Twelve boots of a whole system, emulated.
[[ -z $all ]] || check "boots captured in QEMU" tests/vm/boot_test.sh
check "format" scripts/check_format.sh
check "shell scripts" scripts/check_scripts.sh

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
