# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of procs.
# where: guest
# long: yes
. "${0%/*}/report.sh"
live_tests 'Procs*'
