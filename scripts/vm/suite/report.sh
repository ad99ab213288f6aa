# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Sourced by the cases: runs hoodtrace for a JSON report and reads numbers out of it.

report=$(mktemp)
errors=$(mktemp)
trap 'rm -f "$report" "$errors"' EXIT

# report_of COMMAND ARGS…: `hoodtrace COMMAND` with its output in $report. Its failure is the
# case's.
report_of() {
  command=$1
  shift
  hoodtrace "$command" -o "$report" "$@" 2>"$errors" && return
  code=$?
  cat "$errors"
  exit "$code"
}

# audit KEY: a number of the report's audit; empty when it is null or not there.
audit() { sed -n 's/.*"audit":{\([^}]*\)}.*/\1/p' "$report" | tr , '\n' | sed -n "s/^\"$1\":\([0-9][0-9]*\)$/\1/p"; }

# task COMM KEY: a number of that task's row in the list "tasks" of sched's report.
task() {
  sed 's/.*"tasks":\[//; s/},{"tid"/}\n{"tid"/g' "$report" |
    sed -n "s/^{\"tid\":[0-9]*,\"pid\":[0-9]*,\"comm\":\"$1\".*\"$2\":\([0-9]*\)[,}].*/\1/p"
}

# fail TEXT…: the reason is the last line.
fail() {
  head -c 1500 "$report"
  echo
  echo "$*"
  exit 1
}

# is NAME WANTED GOT
is() {
  echo "$1: $3"
  [ -n "$3" ] && [ "$2" = "$3" ] || fail "$1 is '$3', wanted '$2'"
}

# excuse_missed FILE: removes a "missed" of at most 99 from a report, where that is accepted: see
# expect_nothing_lost() in tests/live/sched/expectations.hpp, which excuses the same.
excuse_missed() {
  [ -n "$HOODTRACE_VM_ACCEL" ] || return 0
  uname -r | awk -F. '{ exit !($1 > 6 || $1 == 6 && $2 >= 13) }' || return 0
  few='\([1-9][0-9]\{0,1\}\)'
  grep -o "\"missed\":[0-9]*\|lost missed [0-9]*" "$1"
  sed -i "s/\"missed\":$few,//; s/,\{0,1\}\"missed\":$few}/}/
    /^# events seen/s/, lost missed $few\([^0-9]\|\$\)/\2/" "$1"
}

# nothing_lost: no event was lost, and every one could be decoded. As in the live tests, switches that
# the kernel of the development machines does not report are no loss.
nothing_lost() {
  excuse_missed "$report"
  [ -n "$HOODTRACE_VM_ACCEL" ] || sed -i 's/,\{0,1\}"unshown":[0-9]*}/}/' "$report"
  grep -q '"lost":{},"undecodable":0[,}]' "$report" || fail "events were lost"
}

# counters_agree: our waits and involuntary switches are the kernel's own, to the nanosecond.
counters_agree() {
  [ "$(audit wait_ns)" -gt 0 ] || fail "no wait at all"
  is "wait_ns against kernel accounting" "$(audit kernel_run_delay_ns)" "$(audit wait_ns)"
  is "involuntary switches against the kernel's" "$(audit kernel_involuntary_switches)" \
    "$(audit involuntary_switches)"
}

# column NAME [COMM]: the sum of a column of a CSV report; with COMM, of its rows alone.
column() {
  awk -F, -v name="$1" -v comm="${2:-}" '
    { sub(/\r$/, "") } /^#/ { next }
    !at { for (i = 1; i <= NF; i++) { if ($i == name) at = i; if ($i == "comm") who = i }; next }
    comm == "" || $who == comm { sum += $at } END { print sum + 0 }' "$report"
}
csv_audit() { sed -n "s/^# audit $1 \([0-9]*\).*/\1/p" "$report"; }
csv_nothing_lost() {
  excuse_missed "$report"
  grep -q '^# events seen [0-9]*, undecodable 0.\{0,1\}$' "$report" || fail "events were lost"
}

# live_tests FILTER: those of CI with such names, of --gtest_filter. What wants programs that are not
# here skips itself.
live_tests() {
  tests=/hoodtrace/tests/live/live_tests
  [ -x "$tests" ] || { echo "this build has no live tests" && exit 77; }
  hoodtrace doctor >/dev/null 2>&1 || { hoodtrace doctor | tail -n 1 && exit 3; }
  "$tests" --gtest_brief=1 --gtest_filter="$1" >"$report" 2>&1 && { tail -n 2 "$report"; return; }
  cat "$report"
  echo "failed: $(sed -n 's/^\[  FAILED  \] \([^ ,]*\) (.*/\1/p' "$report" | sort -u | tr '\n' ' ')"
  exit 1
}

# spawn N: a shell command that starts N processes, one after the other.
spawn() { echo "i=0; while [ \$i -lt $1 ]; do /bin/true; i=\$((i+1)); done"; }

# within NAME WANTED GOT PERCENT PERCENT_EMULATED: equal but for so much. Emulation stretches the
# time between two readings of a clock, so what is a matter of timing gets a tolerance of its own.
within() {
  percent=$4
  [ -z "$HOODTRACE_VM_ACCEL" ] || percent=$5
  echo "$1: $3, wanted $2 within $percent %"
  awk -v a="$3" -v b="$2" -v p="$percent" \
    'BEGIN { d = a > b ? a - b : b - a; exit !(b > 0 && d * 100 <= b * p) }' ||
    fail "$1 is '$3', wanted '$2' within $percent %"
}

# attached PID: waits until that hoodtrace has attached, which is when it drops its privileges.
attached() {
  ours=$(sed -n 's/^CapEff://p' /proc/self/status)
  i=0
  while [ $((i += 1)) -lt 600 ]; do
    theirs=$(sed -n 's/^CapEff://p; s/^State:.*[XZ] .*/ended/p' "/proc/$1/status" 2>/dev/null)
    case $theirs in
      '' | *ended*) return 1 ;;
      "$ours") sleep 0.1 ;;
      *) return 0 ;;
    esac
  done
  return 1
}

# trace_begins COMMAND ARGS…: `hoodtrace COMMAND` in the background, attached, for a JSON report. Its
# failure is the case's. Whatever happens, it is killed at the end, and $load with it.
load=
trace_begins() {
  command=$1
  shift
  hoodtrace "$command" -o "$report" --format json "$@" 2>"$errors" &
  tracer=$!
  trap 'kill -9 $tracer $load 2>/dev/null; rm -f "$report" "$errors"' EXIT
  attached "$tracer" && return
  wait "$tracer"
  code=$?
  cat "$errors"
  exit "$code"
}

# trace_ends: as by Ctrl-C, and in good order.
trace_ends() {
  kill -INT "$tracer"
  wait "$tracer"
  is "exit code" 0 $?
}

# What the cases of disk share.

# number_of TEXT KEY: a number of the first object of the JSON report that has the text.
number_of() {
  tr '{' '\n' <"$report" | grep -F -- "$1" | head -n 1 | tr , '\n' |
    sed -n "s/^\"$2\":\([0-9][0-9]*\)[]}]*$/\1/p"
}
# text_of DEVICE KEY: a text of the device's row.
text_of() {
  tr '{' '\n' <"$report" | grep -F "\"name\":\"$1\",\"behind\"" | head -n 1 | tr , '\n' |
    sed -n "s/^\"$2\":\"\(.*\)\"$/\1/p"
}
audit_of_tasks() { number_of '"kernel_read_bytes":' "$1"; }
requests_of() {
  reads=$(number_of "\"name\":\"$1\",\"behind\"" reads)
  writes=$(number_of "\"name\":\"$1\",\"behind\"" writes)
  echo $((reads + writes + $(number_of "\"name\":\"$1\",\"behind\"" flushes)))
}

# unmount_all: whatever a case before left on the disk.
unmount_all() {
  for place in /mnt/merged /mnt; do umount "$place" 2>/dev/null; done
  ! grep -q ' /mnt' /proc/mounts || fail "/mnt is in use"
}

# dm_device NAME TABLE: makes it, without udev.
dm_device() {
  dmsetup create "$1" --noudevsync --noudevrules --table "$2" || fail "no device $1"
}
name_of() { dmsetup info -c --noheadings -o blkdevname "$1"; }
node_of() { echo "/dev/$(name_of "$1")"; }

# kernel_of DEVICE COUNT: of the audit.
kernel_of() {
  tr '{' '\n' <"$report" | sed -n "/\"name\":\"$1\",\"ours\"/{n;n;p}" | tr ',}' '\n' |
    sed -n "s/^\"$2\":\([0-9]*\)$/\1/p"
}

# equal_counts DEVICE: requests and sectors of the device, ours and the kernel's.
equal_counts() {
  grep -o "\"name\":\"$1\",\"ours\":{[^}]*},\"kernel\":{[^}]*},\"equal\":[a-z]*" "$report" ||
    fail "no audit of $1"
  tr '{' '\n' <"$report" | sed -n "/\"name\":\"$1\",\"ours\"/{n;n;p}" | grep -q '"equal":true' ||
    fail "the kernel counts other requests of $1"
}

# file_scene FILE DEVICE...: 8 MiB are written, read cold and read directly, and the whole system is
# traced. The devices' counts equal the kernel's, and the bytes of the file are all.
file_scene() {
  scene_file=$1
  shift
  sync
  sleep 1
  trace_begins disk
  dd if=/dev/urandom of="$scene_file" bs=1M count=8 2>/dev/null || exit 1
  sync
  echo 3 >/proc/sys/vm/drop_caches
  cat "$scene_file" >/dev/null
  dd if="$scene_file" of=/dev/null bs=64k iflag=direct 2>/dev/null
  sync
  sleep 2
  trace_ends
  nothing_lost
  for device in "$@"; do equal_counts "$device"; done
  is "bytes written to the file" 8388608 "$(number_of "\"path\":\"$scene_file\"" write_bytes)"
  # A file system may keep some pages in spite of drop_caches.
  [ -z "$reads_no_metadata" ] || scene_wanted=$(($(kernel_of "$1" read_sectors) * 512))
  is "bytes read from the file" "${scene_wanted:-16777216}" "$(number_of "\"path\":\"$scene_file\"" read_bytes)"
}

# task_scene FILE: what one program reads and writes is its own, as the kernel counts it.
task_scene() {
  echo 3 >/proc/sys/vm/drop_caches
  report_of disk --format json -- dd if="$1" of=/dev/null bs=64k
  is "bytes read by the task" "$(audit_of_tasks kernel_read_bytes)" "$(audit_of_tasks read_bytes)"
  is "bytes of the file" 8388608 "$(number_of "\"path\":\"$1\"" read_bytes)"
  nothing_lost
  report_of disk --format json -- dd if=/dev/zero of="$1" bs=64k count=128 conv=fsync
  is "bytes written by the task" "$(audit_of_tasks kernel_write_bytes)" "$(audit_of_tasks write_bytes)"
  is "bytes of the file" 8388608 "$(number_of "\"path\":\"$1\"" write_bytes)"
  [ "$(number_of '"comm":"dd"' write_bytes)" -ge 8388608 ] || fail "not all is the program's"
  nothing_lost
}

# end_workloads PID...: those that were started in the background. Attaching takes many seconds in an emulation that
# has to share its CPU, so they are given more time than they need.
end_workloads() {
  kill -KILL "$@"
  wait
}

# What the cases of many CPUs share.

# load_every_cpu: on each CPU, at the same time, a few processes live and end.
load_every_cpu() {
  loads=
  for cpu in $(seq 0 $(($(nproc) - 1))); do
    taskset -c "$cpu" sh -c "$(spawn 4)" &
    loads="$loads $!"
  done
  # shellcheck disable=SC2086 # a list
  wait $loads
}

# excuse_late: removes a "late" of at most 99 from the report of an emulated guest. Its CPUs take turns of 100 ms
# on one thread of QEMU (TCG_KICK_PERIOD), so one of N can stand still for (N - 1) x 100 ms between reading the
# clock and storing the record; hoodtrace waits 1 ms (kSlackNs), and counts what comes later. The record is there,
# and the audit has to be equal with it.
excuse_late() {
  [ -n "$HOODTRACE_VM_ACCEL" ] || return 0
  few='[1-9][0-9]\{0,1\}'
  grep -o '"late":[0-9]*' "$report"
  sed -i "s/\"late\":$few,//; s/,\{0,1\}\"late\":$few}/}/" "$report"
}

# many_cpus N: traces N CPUs by sched and by record. Each CPU has switches, nothing is lost, and the audits are
# equal.
many_cpus() {
  echo "$(nproc) CPUs, booted after $(cut -d ' ' -f 1 /proc/uptime) s"
  is "CPUs" "$1" "$(nproc)"
  file=$(mktemp)
  trace_begins sched --by cpu
  load_every_cpu
  trace_ends
  excuse_late
  nothing_lost
  counters_agree
  is "CPUs with switches" "$1" "$(tr '{' '\n' <"$report" | grep -c '^"cpu":.*"switches":[1-9]')"
  hoodtrace record sched -o "$file" 2>"$errors" &
  tracer=$!
  attached "$tracer" || fail "$(cat "$errors")"
  load_every_cpu
  trace_ends
  report_of sched --from "$file" --format json
  hoodtrace sched --from "$file" --format json | cmp - "$report" || fail "two replays differ"
  excuse_late
  nothing_lost
  counters_agree
  rm -f "$file"
}
