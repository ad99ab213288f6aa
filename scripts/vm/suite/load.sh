# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The load average of the whole system: three vfork parents in D and two spinners are a load of 5, and the
# kernel's formula over the switches gives what /proc/loadavg says.
# where: guest
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload
[ -x "$workload" ] || { echo "this build has no workload" && exit 77; }
set --
for _ in 1 2 3; do
  "$workload" states vfork_ms=80000 >/dev/null &
  set -- "$@" $!
done
"$workload" spin ms=80000 a b >/dev/null &
set -- "$@" $!
sleep 3
hoodtrace sched --load -d 25s -o "$report" --format json 2>"$errors" ||
  { code=$? && cat "$errors" && exit "$code"; }
end_workloads "$@"
nothing_lost
# hundredths KEY: the first number of the list, or the number, in hundredths
hundredths() {
  sed -n "s/.*\"load\":{[^}]*\"$1\":\[*\([0-9.]*\)[],}].*/\1/p" "$report" | awk '{ printf "%.0f", $1 * 100 }'
}
sed -n 's/.*\("load":{[^}]*}\).*/\1/p' "$report"
within "load" 500 "$(hundredths load)" 8 12
within "in D" 300 "$(hundredths uninterruptible)" 2 5
# Six samples of 8 %, and hoodtrace itself may run in some.
within "1-minute average, recomputed" "$(hundredths kernel)" "$(hundredths recomputed)" 8 12
