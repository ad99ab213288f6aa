# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A replay of a recording has an equal audit, and is the same each time.
. "${0%/*}/report.sh"
file=$(mktemp)
again=$(mktemp)
trap 'rm -f "$report" "$errors" "$file" "$again"' EXIT
hoodtrace record -o "$file" -- sh -c "$(spawn 30)" || exit
report_of sched --from "$file" --format json
nothing_lost
counters_agree
hoodtrace sched --from "$file" --format json | cmp - "$report" || fail "two replays differ"
