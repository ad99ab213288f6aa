# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A user with only CAP_BPF and CAP_PERFMON can use every view; without either hoodtrace refuses, with a
# message.
# where: guest
. "${0%/*}/report.sh"
[ -x /opt/setpriv ] || { echo "no setpriv here" && exit 77; }
chmod 755 /hoodtrace /hoodtrace/hoodtrace
folder=/tmp/unprivileged
mkdir -p "$folder"
chown 65534:65534 "$folder"
cd "$folder" || exit
as_user() { # CAPABILITIES COMMAND ARGS...
  with=$1
  shift
  /opt/setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "$with" \
    --ambient-caps "$with" "$@"
}
for with in +bpf +perfmon; do
  as_user "$with" hoodtrace sched -d 1s >"$errors" 2>&1
  code=$?
  [ "$(uname -r | cut -d. -f1)" -ge 6 ] || { cat "$errors" && exit "$code"; }
  is "exit code with $with alone" 3 "$code"
done
for command in sched procs faults cache; do
  as_user +bpf,+perfmon hoodtrace "$command" --format json -o "$folder/out" -- \
    sh -c "$(spawn 20)" 2>"$errors" || { cat "$errors" && fail "$command does not run"; }
  cat "$folder/out" >"$report"
  rm "$folder/out"
  nothing_lost
  [ "$command" != sched ] || counters_agree
done
as_user +bpf,+perfmon hoodtrace doctor || fail "doctor finds fault"
