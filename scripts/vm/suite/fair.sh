# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Two spinners of nice 0 and 10 on one CPU: what they were due is 1024 : 110, what they got follows from it, and
# is their schedstat, and slices are those of /proc/PID/sched, where the kernel has it.
# where: guest
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload
[ -x "$workload" ] || { echo "this build has no workload" && exit 77; }
slice=
[ ! -r /proc/self/sched ] || slice=$(sed -n 's/^se.slice *: *\([0-9]*\)$/\1/p' /proc/self/sched)
truth=$(mktemp)
hoodtrace sched --fair -o "$report" --format json -- "$workload" spin ms=8000 alone=1 a b:nice=10 \
  >"$truth" 2>"$errors" || { code=$? && cat "$errors" && exit "$code"; }
nothing_lost
counters_agree
# fair COMM KEY: of the list "fair"
fair() {
  sed 's/.*"fair":\[//; s/\],"tasks".*//; s/},{/}\n{/g' "$report" | grep "\"comm\":\"$1\"" |
    sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"
}
# ran_ns COMM: its own schedstat, at the end less at the start
ran_ns() {
  sed 's/{"name"/\n&/g' "$truth" |
    sed -n "s/.*\"name\":\"$1\".*\"start\":{\"ran_ns\":\([0-9]*\).*\"end\":{\"ran_ns\":\([0-9]*\).*/\2 \1/p" |
    awk '{ printf "%.0f", $1 - $2 }'
}
# took_others: what others ran while "a", which wants the CPU all the time, waited
took_others() {
  sed 's/.*"tasks":\[//; s/},{"tid"/}\n{"tid"/g' "$report" | grep '^{"tid":[0-9]*,"pid":[0-9]*,"comm":"a"' |
    sed -n 's/.*"wait_ns":\([0-9]*\),"wait_count".*"waited_behind":.*"comm":"b","ns":\([0-9]*\).*/\1 \2/p' |
    awk '{ printf "%.0f", $1 - $2 }'
}
is "weight of nice 0" 1024 "$(fair a weight)"
is "weight of nice 10" 110 "$(fair b weight)"
within "due of nice 0" $(($(fair b due_ns) * 1024 / 110)) "$(fair a due_ns)" 4 6
# What is not due to the two is due to others: hoodtrace and threads of the kernel, of nice 0, which sleep most of
# the time. With EEVDF (6.6 on; it has slices) they get that, but for their lag. Before, a task that wakes up runs
# at once (place_entity() and wakeup_preempt_entity(), kernel/sched/fair.c of 6.1) and sleeps again before the two
# have caught up: it got all the time that it ran, and was due its part of it by weight at least, and more if it
# had to wait as well. The two lack the rest, in proportion to their weights.
others=$(took_others)
weight=$(fair a group_shares)
[ "$weight" -gt 1024 ] || weight=1134 # no autogroups: the two are in the root group themselves
most=0
[ -n "$(fair a slice_ns)" ] || most=$((others / 1000 * weight / (weight + 1024) * 1000))
echo "others ran for $others ns while the two (weight $weight) waited; the two lack" \
  "$(($(fair a due_ns) + $(fair b due_ns) - $(fair a got_ns) - $(fair b got_ns))) ns, of at most $most"
# wanted_of COMM WEIGHT: what it got, if that is what it was due or less by its part of `most`; else the nearer end
wanted_of() {
  wanted=$(fair "$1" due_ns)
  [ "$(fair "$1" got_ns)" -ge "$wanted" ] || wanted=$(fair "$1" got_ns)
  least=$(($(fair "$1" due_ns) - most * $2 / 1134))
  [ "$wanted" -ge "$least" ] || wanted=$least
  echo "$wanted"
}
within "got of nice 0, of what was due" "$(wanted_of a 1024)" "$(fair a got_ns)" 1 2
within "got of nice 10, of what was due" "$(wanted_of b 110)" "$(fair b got_ns)" 4 6
within "got of nice 0, of schedstat" "$(ran_ns a)" $(($(fair a got_ns) + $(fair a unplaced_ns))) 1 2
[ -z "$slice" ] || is "slice" "$slice" "$(fair a slice_ns)"
