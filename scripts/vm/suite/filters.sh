# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A target of one process, one comm, one cgroup: it is in the report, its double is not.
. "${0%/*}/report.sh"
busy='while :; do /bin/true; sleep 0.05; done'
sh -c "echo wantedcomm >/proc/\$\$/comm; $busy" &
wanted=$!
sh -c "$busy" &
other=$!
trap 'kill $wanted $other 2>/dev/null; rm -f "$report" "$errors"' EXIT

only_wanted() { # NAME
  nothing_lost
  grep -q "\"pid\":$wanted,\"comm\"" "$report" || fail "$1: process $wanted is not in the report"
  ! grep -q "\"pid\":$other,\"comm\":\"[^\"]*\",\"cgroup\"" "$report" ||
    fail "$1: process $other is in the report"
  counters_agree
}

report_of sched --pid "$wanted" -d 1s --format json
only_wanted pid
report_of sched --comm 'wanted*' -d 1s --format json
only_wanted comm
root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts) # not at its usual place beside cgroup v1
cgroup=$root/hoodtrace-suite.$$
if [ -n "$root" ] && mkdir "$cgroup" 2>/dev/null; then
  echo "$wanted" >"$cgroup/cgroup.procs"
  report_of sched --cgroup "/${cgroup##*/}" -d 1s --format json
  only_wanted cgroup
  echo "$wanted" >"$root/cgroup.procs"
  # Its child of the moment has to end.
  i=0
  until rmdir "$cgroup" 2>/dev/null || [ $((i += 1)) -gt 50 ]; do sleep 0.1; done
fi
