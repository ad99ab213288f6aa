# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A cgroup's CPU quota: the waits it makes are marked as throttled, as long as the kernel says.
# where: guest
. "${0%/*}/report.sh"
cgroup=/sys/fs/cgroup/hoodtrace-quota
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$cgroup"
echo "20000 100000" >"$cgroup/cpu.max"
sh -c "echo \$\$ >$cgroup/cgroup.procs; while :; do :; done" &
busy=$!
trap 'kill $busy; rm -f "$report" "$errors"' EXIT
throttled_us() { sed -n 's/^throttled_usec //p' "$cgroup/cpu.stat"; }
sleep 0.5
before=$(throttled_us)
report_of sched --pid "$busy" -d 3s --format json
kernel=$((($(throttled_us) - before) * 1000))
nothing_lost
counters_agree
ours=$(grep -o '"wait_throttled_ns":[0-9]*' "$report" | head -n 1 | tr -dc 0-9)
echo "throttled: $ours ns of $(audit wait_ns) ns of waits; the kernel throttled the group for $kernel ns"
# The start and the end of the trace can differ by one period of 100 ms each, more in emulation, where
# loading lasts as long as the trace itself: there the kernel's number is an upper bound.
[ "$ours" -gt 1000000000 ] || fail "hardly any wait was throttled"
[ "$ours" -le "$kernel" ] || fail "more was throttled than the kernel says"
[ $((ours * 10)) -ge $(($(audit wait_ns) * 9)) ] || fail "throttled waits were taken for contention"
