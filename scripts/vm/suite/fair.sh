# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Two spinners of nice 0 and 10 on one CPU: what they were due is 1024 : 110, what they got is their
# schedstat, and slices are those of /proc/PID/sched, where the kernel has it.
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
is "weight of nice 0" 1024 "$(fair a weight)"
is "weight of nice 10" 110 "$(fair b weight)"
within "due of nice 0" $(($(fair b due_ns) * 1024 / 110)) "$(fair a due_ns)" 4 6
within "got of nice 0, of what was due" "$(fair a due_ns)" "$(fair a got_ns)" 1 2
within "got of nice 10, of what was due" "$(fair b due_ns)" "$(fair b got_ns)" 4 6
within "got of nice 0, of schedstat" "$(ran_ns a)" $(($(fair a got_ns) + $(fair a unplaced_ns))) 1 2
[ -z "$slice" ] || is "slice" "$slice" "$(fair a slice_ns)"
