# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What doctor says of this kernel; it loads and attaches every family for a trial, which takes a minute in an emulation.
said=$(hoodtrace doctor)
code=$?
echo "$said"
[ "$code" = 0 ] || exit "$code"
! echo "$said" | grep "does not work here"
