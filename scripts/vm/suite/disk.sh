# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Every request of the whole system: counts and sectors of the disk equal /sys/block, while a file is
# written, read directly and read cold.
# boot: --disk 256M
# where: guest
. "${0%/*}/report.sh"
file=/mnt/disk-suite
# What began before the trace and ends in it would be counted by the kernel only.
sync
sleep 1
trace_begins disk
dd if=/dev/urandom of="$file" bs=1M count=8 2>/dev/null || exit 1
sync
echo 3 >/proc/sys/vm/drop_caches
cat "$file" >/dev/null
dd if="$file" of=/dev/null bs=64k iflag=direct 2>/dev/null
sync
sync # nothing is left to write: a flush without data
# What is still on its way at the end would be counted by one side only.
sleep 2
trace_ends
nothing_lost

# of_disk KEY: a number of the disk's row.
of_disk() {
  sed -n 's/.*"devices":\[\(.*\)\],"files".*/\1/p' "$report" | tr '{' '\n' |
    grep '"name":"nvme0n1"' | tr , '\n' | sed -n "s/^\"$1\":\([0-9]*\)}*$/\1/p" | tail -n 1
}

grep -o '"name":"nvme0n1","ours":{[^}]*},"kernel":{[^}]*},"equal":[a-z]*' "$report" || fail "no audit"
grep -q '"name":"nvme0n1",.*"equal":true' "$report" || fail "the kernel counts other requests"
[ "$(of_disk read_bytes)" -ge 16777216 ] || fail "read $(of_disk read_bytes) bytes, wanted 16 MiB or more"
[ "$(of_disk write_bytes)" -ge 8388608 ] || fail "wrote $(of_disk write_bytes) bytes, wanted 8 MiB or more"
tr '{' '\n' <"$report" | grep "\"path\":\"$file\"" | head -n 1 | grep -q '"read_bytes":16777216,' ||
  fail "the file was read twice, which is 16 MiB"
rm "$file"
