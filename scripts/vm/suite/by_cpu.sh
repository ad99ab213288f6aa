# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Two tasks on one CPU while the other is idle: pinned there, each waits half of the time and could not have been
# moved; free, they are moved. And a real-time task's time is in its class.
# boot: --smp 2
# where: guest
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload
[ -x "$workload" ] || { echo "this build has no workload" && exit 77; }
# of_cpus KEY: of both CPUs, in ms
of_cpus() {
  sed -n 's/.*"cpus":\[\(.*\)\].*/\1/p' "$report" | tr '{},' '\n\n\n' |
    sed -n "s/^\"$1\":\([0-9]*\)$/\1/p" | awk '{ sum += $1 } END { printf "%.0f", sum / 1e6 }'
}
# run NAME COMMAND...: the whole system while it runs.
run() {
  name=$1
  shift
  "$@" >/dev/null &
  sleep 1
  hoodtrace sched --by cpu -d 4s -o "$report" --format json 2>"$errors" ||
    { code=$? && cat "$errors" && exit "$code"; }
  end_workloads $!
  echo "$name: waited beside an idle CPU $(of_cpus wait_idle_ns) ms, movable $(of_cpus wait_idle_movable_ns) ms," \
    "real time $(of_cpus real_time_ns) ms, fair $(of_cpus fair_ns) ms"
}
run pinned "$workload" spin ms=60000 a b
# hoodtrace itself takes the other CPU now and then.
[ "$(of_cpus wait_idle_ns)" -gt 2500 ] || fail "two pinned tasks did not wait beside an idle CPU"
[ "$(of_cpus wait_idle_movable_ns)" -lt 400 ] || fail "what is pinned cannot be moved"
run free "$workload" spin ms=60000 cpus=2 a b
[ "$(of_cpus wait_idle_ns)" -lt 1000 ] || fail "tasks that are free waited beside an idle CPU"
run "real time" "$workload" spin ms=60000 a:fifo=10
# At most 95 % of 4 s (sched_rt_runtime_us), less what the emulation takes.
[ "$(of_cpus real_time_ns)" -gt 2000 ] || fail "a real-time task is not in its class"
