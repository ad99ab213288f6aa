# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Numbers of processes come back: 300 processes through fewer than 100 numbers are 300 processes.
# where: guest
. "${0%/*}/report.sh"
before=$(cat /proc/sys/kernel/pid_max)
echo 400 >/proc/sys/kernel/pid_max || exit
trap 'echo $before >/proc/sys/kernel/pid_max; rm -f "$report" "$errors"' EXIT
report_of procs --format json -- sh -c "$(spawn 300)"
nothing_lost
is born 300 "$(audit born)"
is execs 301 "$(audit execs)"
is exited 301 "$(audit exited)"
is reaped 301 "$(audit reaped)"
report_of sched --format json -- sh -c "$(spawn 300)"
nothing_lost
counters_agree
is "tasks of sched" 301 "$(grep -o '"tid":[0-9]*' "$report" | wc -l)"
numbers=$(grep -o '"tid":[0-9]*' "$report" | sort -u | wc -l)
echo "numbers: $numbers"
[ "$numbers" -lt 101 ] || fail "numbers did not come back: the test tests nothing"
