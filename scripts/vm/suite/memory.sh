# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A cgroup's memory limit: the audits are equal during reclaim and waits for the disk, and a process that is
# killed for memory has ended by SIGKILL.
# boot: --disk 256M
. "${0%/*}/report.sh"
cgroup=/sys/fs/cgroup/hoodtrace-memory
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$cgroup"
echo 12M >"$cgroup/memory.max"
within="echo 0 >$cgroup/cgroup.procs"
report_of sched --format json -- sh -c "$within; dd if=/dev/zero of=/mnt/file bs=64k count=600; sync"
nothing_lost
counters_agree
events() { sed -n "s/^$1 //p" "$cgroup/memory.events"; }
echo "reclaimed at the limit: $(events max) times"
[ "$(events max)" -gt 0 ] || fail "no pressure: the test tests nothing"
grep -q '"disk_sleep_ns":[1-9]' "$report" || fail "nobody slept for the disk"
report_of procs --format json -- sh -c "($within; dd if=/dev/zero of=/dev/null bs=64M); exit 0"
nothing_lost
is "killed for memory" 1 "$(events oom_kill)"
grep -q '"exit_signal":9' "$report" || fail "nobody died of SIGKILL"
