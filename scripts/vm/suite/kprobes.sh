# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# No kprobe is needed: with all of them disarmed every view works, by fentry too, and none is registered
# while they run.
# where: guest
. "${0%/*}/report.sh"
kprobes=/sys/kernel/debug/kprobes
[ -w "$kprobes/enabled" ] || { echo "this kernel has no kprobes to disarm" && exit 77; }
echo 0 >"$kprobes/enabled" || exit
trap 'echo 1 >"$kprobes/enabled"; rm -f "$report" "$errors"' EXIT
for command in sched procs faults cache; do
  report_of "$command" --format json -- sh -c "$(spawn 10); grep -c . $kprobes/list >&2"
  nothing_lost
  is "kprobes while $command runs" 0 "$(grep -x '[0-9]*' "$errors")"
  [ "$command" != sched ] || counters_agree
done
