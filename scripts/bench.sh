#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures what hoodtrace costs, and prints tables: sudo scripts/bench.sh [ROUNDS] [NAME...]
#   NAME   sched, ...: a program NAME_bench of tests/bench; all of them by default
# Peers (runqlat, bpftrace, trace-cmd, perf) are measured in the same rounds when they are installed:
#   apt-get install libbpf-tools bpftrace trace-cmd linux-perf
# No figure here is a pass or a failure, and figures of different runs do not compare: ratios do.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"

rounds=20
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  rounds=$1
  shift
fi
if ((EUID != 0)); then
  echo "bench: must load BPF programs; run this with sudo" >&2
  exit 1
fi
scripts/setup.sh test
# shellcheck source=scripts/build.sh
source scripts/build.sh
want_tests=1
build release

folder=build/release/tests/bench
names=("$@")
if ((${#names[@]} == 0)); then
  mapfile -t names < <(find "$folder" -maxdepth 1 -name '*_bench' -printf '%f\n' | sed 's/_bench$//' | sort)
fi
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) CPUs, Linux $(uname -r)"
for name in "${names[@]}"; do
  if [[ ! -x $folder/${name}_bench ]]; then
    echo "bench: no benchmark '$name'; there are: $(cd "$folder" && echo ./*_bench)" >&2
    exit 2
  fi
  "$folder/${name}_bench" "$rounds"
done
