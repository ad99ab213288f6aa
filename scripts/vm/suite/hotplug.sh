# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A CPU goes offline and comes back while tracing: the audits are equal, nothing is lost, and the gap
# is reported.
# boot: --smp 2
. "${0%/*}/report.sh"
cpu=/sys/devices/system/cpu/cpu1/online
for i in 1 2 3; do
  (while :; do /bin/true; done) &
  load="$load $!"
done
trace_begins sched
trap 'kill -9 $tracer $load 2>/dev/null; echo 1 >$cpu; rm -f "$report" "$errors"' EXIT
sleep 1
echo 0 >"$cpu" || exit
echo "online: $(cat /sys/devices/system/cpu/online)"
sleep 1
echo 1 >"$cpu" || exit
echo "online: $(cat /sys/devices/system/cpu/online)"
sleep 1
trace_ends
grep -o '"cpus_offline":[^]]*]' "$report" || fail "the gap is not shown"
gap=$(sed -n 's/.*"cpus_offline":\[{"cpu":1,"from_ns":\([0-9]*\),"until_ns":\([0-9]*\)}\].*/\2 - \1/p' "$report")
gap=$((${gap:-0}))
# A second of sleep, and the time in which the kernel stops and starts a CPU: seconds in emulation.
[ "$gap" -gt 900000000 ] && [ "$gap" -lt 20000000000 ] || fail "a gap of $gap ns"
# Tracepoints do not fire on a CPU that is not online, and its last switch happens there
# (include/linux/tracepoint.h). Two CPUs that one thread emulates stop in turn, sometimes while they write
# a record, for longer than the merge of their streams waits. Both are reported; nothing else is lost.
sed -i 's/"unshown":[12]}/}/; s/"late":[1-9],\{0,1\}}/}/' "$report"
nothing_lost
counters_agree
grep -q '"migrations":[1-9]' "$report" || fail "nobody moved off the CPU"
