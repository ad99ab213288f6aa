# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# md, raid1 and raid0, with ext4: of each array and of its members every request is counted as the kernel does, a
# write to a mirror is on both members, and what is on the members is nobody's but of the array.
# boot: --disk 256M --module dm-mod --module raid1 --module raid0
# where: guest
# long: yes
. "${0%/*}/report.sh"
unmount_all
[ -x /usr/sbin/mdadm ] || { echo "no mdadm here" && exit 77; }
half=$(($(cat /sys/block/nvme0n1/size) / 2))
dm_device one "0 $half linear /dev/nvme0n1 0"
dm_device other "0 $half linear /dev/nvme0n1 $half"
one=$(name_of one) other=$(name_of other)

# array LEVEL METADATA...: makes /dev/md0 of both halves. There is no resync, which would be requests of its own,
# and no bitmap.
array() {
  level=$1
  shift
  /usr/sbin/mdadm --zero-superblock --force "/dev/$one" "/dev/$other" 2>/dev/null
  yes | /usr/sbin/mdadm --create /dev/md0 --run --level="$level" --raid-devices=2 "$@" \
    "/dev/$one" "/dev/$other" >"$errors" 2>&1 || { cat "$errors" && fail "no array of level $level"; }
  i=0
  while [ ! -b /dev/md0 ] && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
  # All of it now: nothing is initialized while a scene plays.
  /usr/sbin/mkfs.ext4 -q -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 /dev/md0 ||
    fail "no file system on raid$level"
  mount /dev/md0 /mnt || fail "raid$level cannot be mounted"
}

# gone: unmounts and stops it.
gone() {
  umount /mnt
  /usr/sbin/mdadm --stop /dev/md0 2>"$errors" || { cat "$errors" && fail "the array does not stop"; }
}

# scene LEVEL: a program alone on the array.
scene() {
  file=/mnt/mirrored
  file_scene "$file" md0 "$one" "$other" nvme0n1
  is "what is behind md0 (raid$1)" "raid$1" "$(text_of md0 behind)"
  is "requests of nvme0n1 that are nobody's but of the array" "$(requests_of nvme0n1)" \
    "$(number_of '"name":"nvme0n1","behind"' lower)"
  task_scene "$file"
  ! tr '{' '\n' <"$report" | grep '"comm":"md0_raid' | grep -v '"write_bytes":0,' ||
    fail "the array's thread is taken to have written"
}

array 1 --metadata=0.90 --assume-clean
scene 1
# The last scene wrote 8 MiB to the file: each member has all of them.
for member in "$one" "$other"; do
  [ "$(number_of "\"name\":\"$member\",\"behind\"" write_bytes)" -ge 8388608 ] || fail "$member has not all"
done
gone

array 0 --metadata=1.2
scene 0
striped=0
for member in "$one" "$other"; do
  part=$(number_of "\"name\":\"$member\",\"behind\"" write_bytes)
  [ "$part" -ge 3145728 ] || fail "$member has $part bytes: not striped"
  striped=$((striped + part))
done
is "bytes of both members" "$(number_of '"name":"md0","behind"' write_bytes)" "$striped"
gone
dmsetup remove one && dmsetup remove other
