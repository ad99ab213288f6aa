# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A cgroup with less memory than its task uses, and swap space on a disk: as many major faults of swapped
# pages as the kernel reads pages back.
# boot: --disk 64M
. "${0%/*}/report.sh"
umount /mnt && mkswap /dev/nvme0n1 >/dev/null && swapon /dev/nvme0n1 || exit
echo 0 >/proc/sys/vm/page-cluster # one page per fault
cgroup=/sys/fs/cgroup/hoodtrace-swap
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$cgroup"
echo 8M >"$cgroup/memory.max"
swapped_in() { sed -n 's/^pswpin //p' /proc/vmstat; }
for tier in auto base; do
  before=$(swapped_in)
  report_of faults --tier "$tier" --format csv -- sh -c "echo 0 >$cgroup/cgroup.procs
    exec /hoodtrace/tests/support/workload faults /tmp swap=5000"
  csv_nothing_lost
  swapped=$(($(swapped_in) - before))
  [ "$swapped" -ge 1000 ] || fail "only $swapped pages came back from the swap"
  # Every 256th page of the scenario is all zeroes: from 6.12 on those come back without a disk. And the
  # programs are files of tmpfs here, whose pages are swapped out too, and come back as shmem's.
  major=$(column swap_major)
  echo "tier $tier: $major major faults of swapped pages, $swapped pages read from the disk"
  [ "$major" -ge $((swapped - 100)) ] && [ "$major" -le $((swapped + 40)) ] ||
    fail "$major major faults of swapped pages, the kernel read $swapped"
  is "faults against kernel accounting" "$(csv_audit kernel_faults)" \
    "$(($(csv_audit seen) + $(csv_audit gup)))"
done
