#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the capture costs a boot: boots of the same system with it and without, in turn.
# usage: tests/vm/boot_cost.sh [TIMES]   (default 5 of each; a minute each)
# HOODTRACE_BOOT_FAMILIES: other families than the default.
# The guest's clock counts its instructions, so the load of the host does not change the numbers. They
# are split into "held" (until the probes are attached: the first units wait) and "then".
set -euo pipefail

project_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly project_root
source "$project_root/scripts/vm/boot_lab.sh"

times=${1:-5}
kernel=${HOODTRACE_BOOT_KERNEL:-6.1}
program=$scratch/hoodtrace # a copy: a build may go on meanwhile
cp "${HOODTRACE_BOOT_PROGRAM:-$project_root/build/release/hoodtrace}" "$program"
tree=$scratch/tree
boot_tree "$kernel" "$program" "$tree"
boot_ends_with "$tree" "$(<"$project_root/tests/vm/boot_check.sh")"
boot_disk "$tree" "$scratch/without.disk"
"$program" boot enable --root "$tree" --hold 90s \
  --families "${HOODTRACE_BOOT_FAMILIES:-procs,sched}" >/dev/null
boot_disk "$tree" "$scratch/with.disk"

for ((i = 0; i < times; i++)); do
  for kind in without with; do
    boot_run "$kernel" "$scratch/$kind.disk" "$scratch/out" -limit 300 -count ||
      die "a boot broke off"
    cp "$scratch/out/unit" "$scratch/$kind.$i.unit"
    cp "$scratch/out/manager" "$scratch/$kind.$i.manager"
  done
done
python3 "$project_root/tests/vm/boot_cost.py" "$scratch"
