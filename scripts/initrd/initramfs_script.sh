#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initramfs-tools script, init-top: starts the capture of the boot, which goes on after the switch to
# the root file system. Put in place by `hoodtrace boot enable --initrd`.
[ "$1" != prereqs ] || exit 0

case " $(cat /proc/cmdline) " in
  *" hoodtrace.boot=0 "*) exit 0 ;;
esac
#BINARY# boot capture #OPTIONS# </dev/null >/dev/null 2>/dev/kmsg &
capture=$!

# What follows waits until the probes are attached, as long as it may: /sys and /proc, which the
# capture needs for that, are moved away soon.
hold_tenths='#HOLD_TENTHS#' sign='#CAPTURING#' tenths=0
while [ "$tenths" -lt "$hold_tenths" ] && kill -0 "$capture" 2>/dev/null; do
  state=
  [ ! -e "$sign" ] || read -r state <"$sign"
  case $state in
    *attached) break ;;
  esac
  sleep 0.1
  tenths=$((tenths + 1))
done
exit 0
