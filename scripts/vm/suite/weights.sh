# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Spinners of all nice values from -20 to 19 on one CPU: their weights are those of sched_prio_to_weight
# (kernel/sched/core.c), and each of the heavy ones was due its part of what all were due.
# where: guest
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload
[ -x "$workload" ] || { echo "this build has no workload" && exit 77; }
weights="88761 71755 56483 46273 36291 29154 23254 18705 14949 11916 9548 7620 6100 4904 3906 3121 2501 1991 1586 1277
  1024 820 655 526 423 335 272 215 172 137 110 87 70 56 45 36 29 23 18 15"
spinners=
nice=-20
while [ $nice -lt 20 ]; do
  spinners="$spinners n$((nice + 20)):nice=$nice"
  nice=$((nice + 1))
done
# Whether the eight heaviest were there equally long, within 3 %. Each spins for 8 s from its first run on; where an
# emulation stands still between the first runs of two, one is there longer, and due more than its weight says.
equally_long() {
  i=0
  least=
  most=
  while [ $i -lt 8 ]; do
    there=$(($(task n$i on_cpu_ns) + $(task n$i wait_ns)))
    [ -n "$least" ] && [ "$least" -le $there ] || least=$there
    [ -n "$most" ] && [ "$most" -ge $there ] || most=$there
    i=$((i + 1))
  done
  echo "the heavy ones were there for $least to $most ns"
  [ $((most - least)) -le $((most * 3 / 100)) ]
}
# With --fair hoodtrace has nice 0, and hardly runs beside the heavy ones: the rings hold what comes in these seconds.
# shellcheck disable=SC2086 # a list
hoodtrace sched --fair --buffer 16M -o "$report" --format json -- "$workload" spin ms=8000 $spinners >/dev/null \
  2>"$errors" || { code=$? && cat "$errors" && exit "$code"; }
nothing_lost
counters_agree
equally_long || fail "the spinners were not there equally long: due cannot be compared with the weights"
# fair COMM KEY: of the list "fair"
fair() {
  sed 's/.*"fair":\[//; s/\],"tasks".*//; s/},{/}\n{/g' "$report" | grep "\"comm\":\"$1\"" |
    sed -n "s/.*\"$2\":\(-*[0-9]*\)[,}].*/\1/p"
}
i=0
for weight in $weights; do
  is "weight of nice $((i - 20))" "$weight" "$(fair n$i weight)"
  i=$((i + 1))
done
# The eight heaviest, of what they were due together: the others are due less than a slice while these spin, and
# go on alone when they have ended.
heaviest=$(echo "$weights" | head -n 1 | cut -d ' ' -f 1-8)
i=0
all_due=0
all_weight=0
for weight in $heaviest; do
  all_due=$((all_due + $(fair n$i due_ns)))
  all_weight=$((all_weight + weight))
  i=$((i + 1))
done
i=0
for weight in $heaviest; do
  within "due of nice $((i - 20))" $((all_due / 1000 * weight / all_weight * 1000)) "$(fair n$i due_ns)" 8 12
  i=$((i + 1))
done
