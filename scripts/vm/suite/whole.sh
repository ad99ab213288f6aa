# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The whole system under load: every task's numbers equal kernel accounting.
# where: guest
. "${0%/*}/report.sh"
(while :; do /bin/true; done) &
load=$!
report_of sched -d 3s --format json
kill "$load"
nothing_lost
counters_agree
