# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A file on btrfs is written, read cold and read directly: counts and sectors equal /sys/block, and the bytes are
# the file's and the program's.
# boot: --disk 512M --module btrfs --module xfs --module overlay
# where: guest
. "${0%/*}/report.sh"
unmount_all
/usr/sbin/mkfs.btrfs -f -q /dev/nvme0n1 && mount -t btrfs /dev/nvme0n1 /mnt || fail "no btrfs"
reads_no_metadata=yes
# Before 6.3 no bio says of which file a direct I/O of btrfs is: it counts for the device.
case $(uname -r) in 6.[0-2].*) scene_wanted=8388608 reads_no_metadata='' ;; esac
file_scene /mnt/data nvme0n1
task_scene /mnt/data
umount /mnt
