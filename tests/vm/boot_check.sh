#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest once its boot is over (boot_image.sh, boot_ends_with): collects what the host
# compares, and powers off.
mkdir -p /run/out
cd /run/out || exit 1
systemctl is-system-running --wait >state
for _ in $(seq 150); do
  [ -e /run/hoodtrace/boot-capturing ] || break
  sleep 0.2
done
systemd-analyze time >analyzed 2>&1
systemctl show '*' -p Id -p InactiveExitTimestampMonotonic -p ActiveEnterTimestampMonotonic >shown
systemctl show >manager
systemctl show hoodtrace-boot.service >unit
systemctl list-units --state=failed --plain --no-legend >failed
dmesg >dmesg
hoodtrace boot status >status 2>&1
hoodtrace boot report >report 2>&1
echo "$?" >report_code
for folder in /var/log/hoodtrace /run/hoodtrace; do
  stat -c '%a %n' "$folder" "$folder"/* >>modes 2>/dev/null
  cp "$folder"/*.htrec . 2>/dev/null
done
# What a case does beyond that.
if [ -x /usr/local/bin/boot-check-more ]; then /usr/local/bin/boot-check-more; fi
tar c . >/dev/nvme1n1
sync
systemctl poweroff --force --force
