# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The machine is suspended to memory while tracing, and woken by its clock: times follow
# CLOCK_BOOTTIME, the time asleep is not part of any wait, and the audits are equal.
# where: guest
. "${0%/*}/report.sh"
rtc=/sys/class/rtc/rtc0
grep -q mem /sys/power/state 2>/dev/null && [ -w "$rtc/wakealarm" ] ||
  { echo "this kernel cannot suspend, or has no clock that wakes it" && exit 77; }
# In nanoseconds; the two differ by the time that the machine was suspended.
monotonic_ns() { sed -n 's/^now at \([0-9]*\) nsecs$/\1/p' /proc/timer_list; }
boottime_ns() { sed 's/^\([0-9]*\)\.\([0-9]*\) .*/\1\20000000/' /proc/uptime; }
before=$(($(boottime_ns) - $(monotonic_ns)))
(while :; do /bin/true; done) &
load=$!
trace_begins sched
sleep 1
echo $(($(cat "$rtc/since_epoch") + 6)) >"$rtc/wakealarm" || exit
echo mem >/sys/power/state || fail "the machine does not suspend"
asleep=$(($(boottime_ns) - $(monotonic_ns) - before))
sleep 1
trace_ends
echo "suspended for $asleep ns"
[ "$asleep" -gt 1000000000 ] || fail "CLOCK_BOOTTIME did not go on: the test tests nothing"
nothing_lost
counters_agree
duration=$(sed -n 's/.*"duration_ns":\([0-9]*\).*/\1/p' "$report" | head -n 1)
[ "$duration" -gt "$asleep" ] || fail "the report's duration, $duration ns, is without it"
# One CPU: the longest wait fits into the time awake; and so do all runs but that of the task that
# suspended the machine, which went on with CLOCK_BOOTTIME.
awake=$((duration - asleep))
on_cpu=$(grep -o '"on_cpu_ns":[0-9]*' "$report" | awk -F: '{ sum += $2 } END { printf "%.0f", sum }')
longest=$(grep -o '"wait_max_ns":[0-9]*' "$report" | awk -F: '$2 > max { max = $2 } END { printf "%.0f", max }')
echo "awake for $awake ns; on the CPU $on_cpu ns, the longest wait $longest ns"
[ "$on_cpu" -gt 0 ] && [ $((on_cpu - asleep)) -le $((awake + 50000000)) ] ||
  fail "other runs have the time asleep in them"
[ "$longest" -gt 0 ] && [ "$longest" -le $((awake + 50000000)) ] || fail "a wait has the time asleep in it"
