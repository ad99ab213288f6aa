# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A command's waits and switches are exactly the kernel's.
. "${0%/*}/report.sh"
report_of sched --format json -- sh -c "$(spawn 50)"
nothing_lost
counters_agree
