# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The kernel's types are hidden: refused in words that name --btf, and well with --btf FILE.
# where: guest
. "${0%/*}/report.sh"
types=$(mktemp)
cat /sys/kernel/btf/vmlinux >"$types" || exit
mount --bind /dev/null /sys/kernel/btf/vmlinux
trap 'umount /sys/kernel/btf/vmlinux; rm -f "$types" "$report" "$errors"' EXIT
hoodtrace sched -d 1s >"$errors" 2>&1
is "exit code without BTF" 3 $?
cat "$errors"
grep -q -e "--btf FILE" "$errors" || fail "the refusal does not name --btf"
report_of sched --btf "$types" --format json -- sh -c "$(spawn 20)"
nothing_lost
counters_agree
