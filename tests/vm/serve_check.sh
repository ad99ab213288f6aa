#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest once its boot is over (boot_image.sh, boot_ends_with): lets a known unit work, collects
# what hoodtrace-serve.service answers, and powers off.
mkdir -p /run/out
cd /run/out || exit 1
systemctl is-system-running --wait >state
get() {
  bash -c 'exec 3<>/dev/tcp/127.0.0.1/9464 && printf "GET /%s HTTP/1.0\r\n\r\n" "$1" >&3 && cat <&3' get "$1" \
    2>/dev/null
}
# In emulation the programs need seconds to load.
for _ in $(seq 120); do
  get healthz >health
  grep -q '^ok' health && break
  sleep 0.5
done
systemd-run --unit=known-job --wait --quiet sh -c 'sleep 0.3
  for i in 1 2 3 4 5; do /bin/true; done
  dd if=/usr/bin/perl of=/dev/null bs=64k count=16 iflag=direct' >job 2>&1
get metrics >metrics
systemctl show hoodtrace-serve >unit
cat "/proc/$(systemctl show -P MainPID hoodtrace-serve)/status" >status
journalctl -b -u hoodtrace-serve --no-pager >journal 2>&1
systemctl stop hoodtrace-serve
systemctl show hoodtrace-serve >stopped
dmesg >dmesg
tar c . >/dev/nvme1n1
sync
systemctl poweroff --force --force
