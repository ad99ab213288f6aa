# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of sched, where one CPU and a tiny userland are enough for them.
# where: guest
# long: yes
. "${0%/*}/report.sh"
# Not here: what wants python3.
live_tests 'Sched*:-SchedTraps.Trap06*'
