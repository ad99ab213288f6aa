# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Every process from fork to reaping: as many as were started. Functions fork and exec nothing.
. "${0%/*}/report.sh"
report_of procs --format json -- sh -c "$(spawn 20); (exit 3); (exit 4); exit 0"
nothing_lost
is born 22 "$(audit born)"
is execs 21 "$(audit execs)"
is exited 23 "$(audit exited)"
is reaped 23 "$(audit reaped)"
grep -q '"exit_code":3' "$report" || fail "exit code 3 was not seen"
