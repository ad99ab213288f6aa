#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initramfs-tools hook: copies hoodtrace into the initramfs. Installed by
# `hoodtrace boot enable --initrd`.
[ "$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions

copy_exec #BINARY#
# hoodtrace loads it: no list of what it is linked with names it. The first one is of the system's own
# architecture.
library=$(ldconfig -p | sed -n 's/.*libsystemd\.so\.0 .*=> //p' | head -n 1)
[ -z "$library" ] || copy_exec "$library"
mkdir -p "$DESTDIR/etc"
: >"$DESTDIR/etc/hoodtrace-initrd"
