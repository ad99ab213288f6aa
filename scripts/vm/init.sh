#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The guest's init: mounts, loads modules, runs /vm/command and reports its exit code.
# /vm/settings names the serial ports: $output gets the command's output and $status one
# line, "exit CODE" or "broken REASON". Without that line the guest counts as dead.

export PATH=/hoodtrace:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C
bb=/bin/busybox
output='' status='' disk='' # from /vm/settings

report() {
  echo "$*" >&4
  $bb stty -F "$status" raw # returns when the port has sent everything
  $bb poweroff -f
  exit 0
}

$bb mount -t devtmpfs dev /dev
$bb mount -t proc proc /proc
# shellcheck source=/dev/null
. /vm/settings
export HOODTRACE_VM_ACCEL # tests take wider tolerances where this is tcg
exec 3>"$output" 4>"$status"
$bb stty -F "$output" raw
$bb stty -F "$status" raw

$bb --install -s
mkdir -p /dev/pts /dev/shm
mount -t sysfs sys /sys
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t securityfs securityfs /sys/kernel/security
ln -s /proc/self/fd /dev/fd
ln -s /proc/mounts /etc/mtab
hostname hoodtrace-vm
ip link set lo up

if [ -e /vm/built_in ]; then
  # Made here, not in the initramfs: a tmpfs over /tmp, /run or /dev/shm would hide it.
  built_in=$(cat /vm/built_in)
  mkdir -p "$built_in"
  mount --bind /hoodtrace "$built_in" || report "broken cannot mount the build at $built_in"
fi
for module in /vm/modules/*.ko; do
  [ -e "$module" ] || continue
  insmod "$module" || report "broken cannot load ${module##*/}"
done
if [ "$disk" = yes ]; then
  mount -t ext4 /dev/nvme0n1 /mnt || report "broken cannot mount the disk"
fi

cd /root || report "broken no /root"
setsid sh /vm/command </dev/null >&3 2>&1 3>&- 4>&-
code=$?
sync
$bb stty -F "$output" raw
report "exit $code"
