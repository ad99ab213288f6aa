# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What doctor says of this kernel; it loads and attaches every family for a trial.
hoodtrace doctor || exit
! hoodtrace doctor | grep "does not work here"
