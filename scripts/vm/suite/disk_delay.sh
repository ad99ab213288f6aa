# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A device that answers each read 400 ms late (dm-delay): that is the time of its requests and of the sleeps for
# them, and not the time of the disk below.
# boot: --disk 256M --module dm-mod --module dm-crypt --module dm-delay --module cbc
# where: guest
. "${0%/*}/report.sh"
unmount_all
dm_device late "0 $(cat /sys/block/nvme0n1/size) delay /dev/nvme0n1 0 400"
late=$(name_of late)
before=$(awk '{ print $1, $3 }' "/sys/block/$late/stat")
report_of disk --format json -- dd if="/dev/$late" of=/dev/null bs=4k count=10 iflag=direct
after=$(awk '{ print $1, $3 }' "/sys/block/$late/stat")
nothing_lost
set -- $before $after
is "reads" "$(($3 - $1))" "$(number_of "\"name\":\"$late\"" reads)"
is "bytes" "$((($4 - $2) * 512))" "$(number_of "\"name\":\"$late\"" read_bytes)"
is "reads of 4 KiB" 10 "$(number_of "\"name\":\"$late\"" reads)"
# dm-delay counts in jiffies of 4 ms, and never answers early.
wanted=$((10 * 400000000))
within "time of the requests" "$wanted" "$(number_of "\"name\":\"$late\"" service_ns)" 5 5
within "time that dd slept for them" "$wanted" "$(number_of '"comm":"dd"' waited_ns)" 5 5
[ "$(number_of '"name":"nvme0n1"' service_ns)" -lt $((wanted / 4)) ] ||
  fail "the disk below has the delay of the device above"
is "requests below" 10 "$(number_of '"name":"nvme0n1","behind"' lower)"
dmsetup remove late
