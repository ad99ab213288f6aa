#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# initramfs-tools hook: copies hoodtrace into the initramfs. Installed by
# `hoodtrace boot enable --initrd`.
[ "$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions

copy_exec #BINARY#
mkdir -p "$DESTDIR/etc"
: >"$DESTDIR/etc/hoodtrace-initrd"
