# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of disk.
# boot: --disk 256M --module loop
# long: yes
. "${0%/*}/report.sh"
live_tests 'Disk*'
