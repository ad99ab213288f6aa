# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A cgroup with a CPU quota of 30 of 100 ms and two spinners: its counters are those of cpu.stat, its CPU pressure
# is that of cpu.pressure, and both tasks waited for the quota.
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
# group KEY: of the report's row
group() { sed -n 's/.*"quotas":\[{\([^}]*\)}.*/\1/p' "$report" | tr , '\n' | sed -n "s/^\"$1\":\([0-9]*\)$/\1/p"; }
counts() { for key in nr_periods nr_throttled throttled_usec; do echo "$key $(stat $key)"; done; }
sleep 0.5
outer=$(counts)
hoodtrace sched --quota -d 5s -o "$report" --format json 2>"$errors" &
tracer=$!
attached "$tracer" || { cat "$errors" && exit 1; }
inner=$(counts)
sleep 3
inner_end=$(counts)
wait "$tracer"
outer_end=$(counts)
nothing_lost
sed -n 's/.*\("quotas":\[[^]]*\]\).*/\1/p' "$report"
sed -n 's/.*\("throttled":\[[^]]*\]\).*/\1/p' "$report"
# value LIST KEY
value() { echo "$1" | sed -n "s/^$2 //p"; }
# between KEY GOT: cpu.stat grew by less while tracing, and by more around it. cpu.stat is in us.
between() {
  least=$(($(value "$inner_end" "$1") - $(value "$inner" "$1")))
  most=$(($(value "$outer_end" "$1") - $(value "$outer" "$1") + 1))
  echo "$1: $2, cpu.stat says $least while tracing and $most around it"
  { [ "$2" -ge "$least" ] && [ "$2" -le "$most" ]; } || fail "$1 is $2, not from $least to $most"
}
between nr_periods "$(group periods)"
between nr_throttled "$(group throttled_periods)"
between throttled_usec $(($(group throttled_ns) / 1000))
is "quota" 30000000 "$(group quota_ns)"
is "period" 100000000 "$(group period_ns)"
is "tasks" 2 "$(group tasks_throttled)"
# By the kernel's queues, and by where tasks met them. Both count a throttled time when it ends, and begin it in the
# same switch; the kernel ends it with the refill, the events with the next run of one of the two. Until then
# whoever has the CPU goes on to a tick at most (4 ms, HZ=250), and these sleep before: 5 % of 70 ms is 3.5 ms.
# In an emulation what runs for a tick may take as long again to get off the CPU: 12 % is 8.4 ms. The time that
# had begun before tracing is the kernel's alone: 70 of 50 * 70 ms, 2 %, the other way.
within "throttled time, from the events" "$(group throttled_ns)" "$(group queue_throttled_ns)" 5 12
# Of two tasks on one queue: twice the queue's time, and the wait for the CPU afterwards. Whose group it is, is
# known of each from its first record on, which up to 6.17 a task has in every other period: 2 of 50 are missing at most.
[ "$(group task_throttled_ns)" -gt $(($(group throttled_ns) * 19 / 10)) ] ||
  fail "the tasks' throttled time is not twice the queue's"
[ -r "$cgroup/cpu.pressure" ] || { echo "this kernel has no pressure (PSI)" && exit 0; }
# Between the same two readings of cpu.pressure. What is left: each of some 500 switches has a time of the kernel's and
# one of ours, up to 100 us apart in an emulation, 1 % of 5 s. (15 to 90 us in all for the one, 1 ms for the other.)
within "pressure, from the switches" "$(group kernel_some_ns)" "$(group pressure_some_ns)" 1 1
within "full, from the switches" "$(group kernel_full_ns)" "$(group pressure_full_ns)" 1 1
