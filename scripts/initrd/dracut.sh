#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut module: the capture of the boot begins in the initrd. Put in place by
# `hoodtrace boot enable --initrd`.
# shellcheck disable=SC2154 # variables of dracut's

check() {
  require_binaries #BINARY# || return 1
  return 0
}

depends() {
  echo systemd
}

install() {
  inst_multiple #BINARY#
  # hoodtrace loads it: no list of what it is linked with names it.
  inst_libdir_file 'libsystemd.so.0*'
  inst_simple "$moddir/hoodtrace-boot.service" "$systemdsystemunitdir/hoodtrace-boot.service"
  mkdir -p "$initdir$systemdsystemunitdir/sysinit.target.wants"
  ln_r "$systemdsystemunitdir/hoodtrace-boot.service" \
    "$systemdsystemunitdir/sysinit.target.wants/hoodtrace-boot.service"
}
