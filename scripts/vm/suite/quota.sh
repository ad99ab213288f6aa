# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A cgroup with a CPU quota and two spinners: its counters are those of cpu.stat, its CPU pressure is that of
# cpu.pressure, and both tasks waited for the quota.
# where: guest
. "${0%/*}/report.sh"
cgroup=/sys/fs/cgroup/hoodtrace-quota
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$cgroup"
echo "30000 100000" >"$cgroup/cpu.max"
spinner='while :; do :; done'
sh -c "echo \$\$ >$cgroup/cgroup.procs; $spinner" &
one=$!
sh -c "echo \$\$ >$cgroup/cgroup.procs; $spinner" &
two=$!
trap 'kill $one $two; rm -f "$report" "$errors"' EXIT
# stat KEY: of cpu.stat
stat() { sed -n "s/^$1 //p" "$cgroup/cpu.stat"; }
# pressure KIND: of cpu.pressure, in us
pressure() { sed -n "s/^$1 .*total=//p" "$cgroup/cpu.pressure" 2>/dev/null; }
# group KEY: of the report's row
group() { sed -n 's/.*"quotas":\[{\([^}]*\)}.*/\1/p' "$report" | tr , '\n' | sed -n "s/^\"$1\":\([0-9]*\)$/\1/p"; }
sleep 0.5
hoodtrace sched --quota -i 5s -d 5s -o "$report" --format json 2>"$errors" &
tracer=$!
attached "$tracer" || { cat "$errors" && exit 1; }
# The rows are of the time between hoodtrace's own readings: these are inside and outside of it.
inner_periods=$(stat nr_periods)
inner_throttled=$(stat nr_throttled)
inner_us=$(stat throttled_usec)
inner_some=$(pressure some)
sleep 3
inner_periods=$(($(stat nr_periods) - inner_periods))
inner_throttled=$(($(stat nr_throttled) - inner_throttled))
inner_us=$(($(stat throttled_usec) - inner_us))
[ -z "$inner_some" ] || inner_some=$(($(pressure some) - inner_some))
wait "$tracer"
head -n 1 "$report" >"$report.one" && mv "$report.one" "$report"
nothing_lost
echo "cpu.stat in 3 s: $inner_periods periods, $inner_throttled throttled, $inner_us us; some $inner_some us"
sed -n 's/.*\("quotas":\[[^]]*\]\).*/\1/p' "$report"
sed -n 's/.*\("throttled":\[[^]]*\]\).*/\1/p' "$report"
is "quota" 30000000 "$(group quota_ns)"
is "period" 100000000 "$(group period_ns)"
is "tasks" 2 "$(group tasks_throttled)"
duration=$(sed -n 's/.*"duration_ns":\([0-9]*\).*/\1/p' "$report" | head -n 1)
# Periods last 100 ms, and nearly every one of a group that spins is throttled.
within "periods" $((duration / 100000000)) "$(group periods)" 5 5
within "throttled periods of all" "$(group periods)" "$(group throttled_periods)" 5 10
# In equal shares of time.
within "throttled time a period" $((inner_us * 1000 / inner_throttled)) \
  $(($(group throttled_ns) / $(group throttled_periods))) 5 8
# By the kernel's queues, and by where tasks met them.
within "throttled time, from the events" "$(group throttled_ns)" "$(group queue_throttled_ns)" 5 12
# Of two tasks on one queue: twice the queue's time, and the wait for the CPU afterwards.
[ "$(group task_throttled_ns)" -gt $(($(group throttled_ns) * 13 / 10)) ] ||
  fail "the tasks' throttled time is not more than the queue's"
[ -n "$inner_some" ] || { echo "this kernel has no pressure (PSI)" && exit 0; }
within "pressure, from the switches" "$(group kernel_some_ns)" "$(group pressure_some_ns)" 2 4
within "full, from the switches" "$(group kernel_full_ns)" "$(group pressure_full_ns)" 3 5
