# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Kernel lockdown "confidentiality": doctor says so, and a view is refused in words.
# boot: --append lockdown=confidentiality
. "${0%/*}/report.sh"
hoodtrace doctor >"$report"
is "doctor's exit code" 3 $?
grep "^lockdown *confidentiality" "$report" || fail "doctor does not say it"
for command in sched procs; do
  hoodtrace "$command" -d 1s >"$errors" 2>&1
  code=$?
  cat "$errors"
  is "exit code of $command" 3 "$code"
  grep -qE "locked down|too old" "$errors" || fail "$command does not say why"
done
