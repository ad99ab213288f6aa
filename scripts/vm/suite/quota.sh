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
# By the kernel's queues, and by where tasks met them.
within "throttled time, from the events" "$(group throttled_ns)" "$(group queue_throttled_ns)" 5 12
# Of two tasks on one queue: twice the queue's time, and the wait for the CPU afterwards.
[ "$(group task_throttled_ns)" -gt $(($(group throttled_ns) * 13 / 10)) ] ||
  fail "the tasks' throttled time is not more than the queue's"
[ -r "$cgroup/cpu.pressure" ] || { echo "this kernel has no pressure (PSI)" && exit 0; }
within "pressure, from the switches" "$(group kernel_some_ns)" "$(group pressure_some_ns)" 2 4
within "full, from the switches" "$(group kernel_full_ns)" "$(group pressure_full_ns)" 3 5
