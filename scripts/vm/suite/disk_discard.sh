# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Discards, flushes and swap: their requests and sectors equal /sys/block.
# boot: --disk 256M --module loop
# where: guest
. "${0%/*}/report.sh"
unmount_all
mount -t ext4 /dev/nvme0n1 /mnt || exit
dd if=/dev/zero of=/mnt/gone bs=1M count=32 2>/dev/null
sync
rm /mnt/gone
sync
sleep 1
trace_begins disk
fstrim /mnt || exit 77
i=0
while [ $((i += 1)) -le 10 ]; do dd if=/dev/zero of=/mnt/flushed bs=4k count=1 conv=fsync 2>/dev/null; done
sync
sleep 2
trace_ends
nothing_lost
grep -o '"name":"nvme0n1","ours":{[^}]*},"kernel":{[^}]*},"equal":[a-z]*' "$report" || fail "no audit"
grep -q '"name":"nvme0n1","ours":.*"equal":true' "$report" || fail "the kernel counts other requests"
[ "$(number_of '"name":"nvme0n1","behind"' discards)" -gt 0 ] || fail "no discard"
umount /mnt

# A file of tmpfs that is larger than its cgroup's limit is written to the swap device, and read back.
mkswap /dev/nvme0n1 >/dev/null && swapon /dev/nvme0n1 || exit
cgroup=/sys/fs/cgroup/hoodtrace-disk-swap
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p "$cgroup" && echo 12M >"$cgroup/memory.max" || exit 77
sleep 1
trace_begins disk
sh -c "echo \$\$ >$cgroup/cgroup.procs
  dd if=/dev/urandom of=/tmp/swapped bs=1M count=32 && cat /tmp/swapped >/dev/null" 2>/dev/null ||
  fail "the program that swaps failed"
sleep 2
trace_ends
nothing_lost
grep -o '"name":"nvme0n1","ours":{[^}]*},"kernel":{[^}]*},"equal":[a-z]*' "$report" || fail "no audit"
grep -q '"name":"nvme0n1","ours":.*"equal":true' "$report" || fail "the kernel counts other requests"
[ "$(number_of '"name":"nvme0n1","behind"' write_bytes)" -gt 1048576 ] || fail "nothing was swapped out"
rm /tmp/swapped
swapoff /dev/nvme0n1
rmdir "$cgroup"
/usr/sbin/mkfs.ext4 -q -F /dev/nvme0n1 && mount -t ext4 /dev/nvme0n1 /mnt
