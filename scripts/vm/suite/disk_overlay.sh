# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Files of an overlay: the file that is read and written is the one in the layer below, on its device.
# boot: --disk 512M --module btrfs --module xfs --module overlay
# where: guest
. "${0%/*}/report.sh"
unmount_all
/usr/sbin/mkfs.ext4 -q -F /dev/nvme0n1 && mount -t ext4 /dev/nvme0n1 /mnt || fail "no ext4"
mkdir /mnt/lower /mnt/upper /mnt/work /mnt/merged
dd if=/dev/urandom of=/mnt/lower/old bs=1M count=8 2>/dev/null
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/merged ||
  fail "no overlay"
sync
echo 3 >/proc/sys/vm/drop_caches
report_of disk --format json -- dd if=/mnt/merged/old of=/dev/null bs=64k
is "bytes of the lower layer's file" 8388608 "$(number_of '"path":"/mnt/lower/old"' read_bytes)"
is "bytes read by the task" "$(audit_of_tasks kernel_read_bytes)" "$(audit_of_tasks read_bytes)"
nothing_lost
report_of disk --format json -- dd if=/dev/zero of=/mnt/merged/new bs=64k count=128 conv=fsync
is "bytes of the upper layer's file" 8388608 "$(number_of '"path":"/mnt/upper/new"' write_bytes)"
is "bytes written by the task" "$(audit_of_tasks kernel_write_bytes)" "$(audit_of_tasks write_bytes)"
nothing_lost
umount /mnt/merged
umount /mnt
