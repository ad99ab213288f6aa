# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Kernel lockdown "integrity": doctor says so, and everything works.
# boot: --append lockdown=integrity
. "${0%/*}/report.sh"
hoodtrace doctor >"$report" || { cat "$report" && exit 3; }
grep "^lockdown *integrity$" "$report" || fail "doctor does not say it"
! grep "does not work here" "$report" || fail "a family does not work"
report_of sched --format json -- sh -c "$(spawn 20)"
nothing_lost
counters_agree
report_of procs --format json -- sh -c "$(spawn 20)"
nothing_lost
