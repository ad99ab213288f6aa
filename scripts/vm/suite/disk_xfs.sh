# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A file on xfs is written, read cold and read directly: counts and sectors equal /sys/block, and the bytes are
# the file's and the program's.
# boot: --disk 512M --module btrfs --module xfs --module overlay
# where: guest
. "${0%/*}/report.sh"
unmount_all
/usr/sbin/mkfs.xfs -f -q /dev/nvme0n1 && mount -t xfs /dev/nvme0n1 /mnt || fail "no xfs"
file_scene /mnt/data nvme0n1
task_scene /mnt/data
umount /mnt
