# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Thousands of short lives, the whole system traced: as many births as the kernel counts, from a moment
# before the trace to one after it at most, and at least those while it ran.
# where: guest
. "${0%/*}/report.sh"
# Sets $forks. By the shell alone: a program to read it would be one more.
count_forks() {
  while read -r word forks _; do [ "$word" = processes ] && return; done </proc/stat
  exit 1
}
count_forks
least=$forks
trace_begins procs
before=$forks
count_forks
most=$((forks - before)) # from the first count until here; the trace saw a part of it
start=$forks
/hoodtrace/tests/support/workload flood count=1500 at_once=4 exec_each=5 || fail "the storm failed"
count_forks
storm=$((forks - start))
trace_ends
count_forks
nothing_lost
born=$(audit born)
echo "born: $born; the kernel: $storm while the storm ran, $((forks - least)) with all around it"
[ "$storm" -ge 1500 ] || fail "no storm: the test tests nothing"
[ "$born" -ge "$storm" ] || fail "$((storm - born)) of $storm births were not seen"
[ "$born" -le "$((storm + most + 20))" ] || fail "$born births, and the kernel counts $storm"
