# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# An encrypted device (dm-crypt) with ext4, and one below it (dm-linear): its workers read and write for the
# program that asked, and every request of each device is counted as the kernel does.
# boot: --disk 256M --module dm-mod --module dm-crypt --module dm-delay --module cbc
# where: guest
. "${0%/*}/report.sh"
unmount_all
sectors=$(cat /sys/block/nvme0n1/size)
key=00112233445566778899aabbccddeeff
dm_device below "0 $sectors linear /dev/nvme0n1 0"
dm_device hidden "0 $sectors crypt aes-cbc-plain64 $key 0 $(node_of below) 0"
upper=$(name_of hidden) lower=$(name_of below)
/usr/sbin/mkfs.ext4 -q "/dev/$upper" && mount "/dev/$upper" /mnt || fail "no file system on dm-crypt"
file=/mnt/secret
file_scene "$file" "$upper" "$lower" nvme0n1
is "what is behind $upper" hidden "$(text_of "$upper" behind)"
is "requests of nvme0n1 that are nobody's but of the device above" "$(requests_of nvme0n1)" \
  "$(number_of '"name":"nvme0n1","behind"' lower)"

# One program alone: what it asked of the encrypted device is its own, to the byte, and no worker's.
echo 3 >/proc/sys/vm/drop_caches
report_of disk --format json -- dd if="$file" of=/dev/null bs=64k
is "bytes read by the task" "$(audit_of_tasks kernel_read_bytes)" "$(audit_of_tasks read_bytes)"
is "bytes of the file" 8388608 "$(number_of "\"path\":\"$file\"" read_bytes)"
! tr '{' '\n' <"$report" | grep '"comm":"kworker' || fail "a worker is taken to have read"
[ "$(number_of "\"path\":\"$file\"" waited_ns)" -gt 0 ] || fail "nobody waited for the file"
nothing_lost
report_of disk --format json -- dd if=/dev/zero of="$file" bs=64k count=128 conv=notrunc,fsync
is "bytes written by the task" "$(audit_of_tasks kernel_write_bytes)" "$(audit_of_tasks write_bytes)"
is "bytes of the file" 8388608 "$(number_of "\"path\":\"$file\"" write_bytes)"
nothing_lost
umount /mnt
dmsetup remove hidden && dmsetup remove below
