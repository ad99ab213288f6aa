# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Where a command's time went: a sleep of known length with its cause, in parts that add up.
. "${0%/*}/report.sh"
report_of why --format csv -- sh -c 'sleep 0.3; read -r x </dev/null; sleep 0.2'
csv_nothing_lost
slept=$(awk -F, '/,clock_nanosleep,|,nanosleep,/ { print }' "$report" | wc -l)
[ "$slept" -gt 0 ] || fail "no sleep in nanosleep"
grep -q 'timer' "$report" || fail "no sleep was ended by a timer"
is "waits against kernel accounting" "$(csv_audit kernel_run_delay_ns)" "$(csv_audit wait_ns)"
