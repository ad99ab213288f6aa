# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The whole machine served to a scraper: what one unit does on its disk, in the page cache, in page faults
# and as processes is what it was made to do, and time on CPUs is the kernel's.
# boot: --disk 256M
# where: guest
. "${0%/*}/report.sh"
file=/mnt/serve-suite
unit=suite.service
cgroup=/sys/fs/cgroup/$unit
dd if=/dev/urandom of="$file" bs=1M count=8 2>/dev/null || exit 1
sync
echo 3 >/proc/sys/vm/drop_caches
mkdir "$cgroup"

hoodtrace serve 2>"$errors" &
server=$!
trap 'kill -9 $server 2>/dev/null; rm -f "$report" "$errors"' EXIT
get() { wget -q -T 30 -O "$report" "http://127.0.0.1:9464/$1"; }
i=0
until get healthz 2>/dev/null; do
  if ! kill -0 "$server" 2>/dev/null; then
    wait "$server"
    code=$?
    cat "$errors"
    exit "$code"
  fi
  [ $((i += 1)) -lt 600 ] || fail "serve does not answer"
  sleep 0.2
done
is "healthz" ok "$(cat "$report")"

# It has to be in its cgroup when it comes to its CPU: it sleeps once.
sh -c "echo \$\$ >$cgroup/cgroup.procs; sleep 0.2; dd if=$file of=/dev/null bs=64k iflag=direct 2>/dev/null
  cat $file >/dev/null; $(spawn 10); /bin/false
  dd if=/dev/zero of=$file.2 bs=64k count=16 conv=fsync 2>/dev/null; exit 0"
get metrics || fail "no metrics"
# number METRIC LABELS: of the unit; labels as they are written after the unit's.
number() { sed -n "s/^hoodtrace_$1{unit=\"$unit\"$2} //p" "$report" | awk '{ printf "%.0f", $1 * ('"${3:-1}"') }'; }
grep "\"$unit\"" "$report" | grep -v bucket
grep 'lost_total{\|audit_diff\|probe_info' "$report"

[ "$(number sched_on_cpu_seconds_total "" 1e9)" -gt 0 ] || fail "no time on a CPU"
is "failures" 1 "$(number exits_total ',outcome="failure"')"
is "successes" 15 "$(number exits_total ',outcome="success"')"
is "forks" 15 "$(number forks_total "")"
is "missed bytes" 8388608 "$(number page_cache_missed_bytes_total "")"
read_bytes=$(number disk_bytes_total ',op="read"')
# The directory, the inode and the map of the file's blocks come on top.
if [ "$read_bytes" -lt 16777216 ] || [ "$read_bytes" -gt 17825792 ]; then
  fail "$read_bytes bytes read, wanted 16 MiB or a little more"
fi
write_bytes=$(number disk_bytes_total ',op="write"')
if [ "$write_bytes" -lt 1048576 ] || [ "$write_bytes" -gt 1310720 ]; then
  fail "$write_bytes bytes written, wanted 1 MiB or a little more"
fi
[ "$(number disk_service_seconds_total ',op="read"' 1e9)" -gt 0 ] || fail "no service time of reads"
is "errors of the disk" 0 "$(number disk_errors_total "")"
kernel=$(($(number faults_total ',kind="minor"') + $(number faults_total ',kind="major"')))
ours=$(sed -n "s/^hoodtrace_faults_by_kind_total{unit=\"$unit\",kind=\"\([a-z_]*\)\"} /\1 /p" "$report" |
  awk '$1 != "unresolved" && $1 != "invalid" { sum += $2 } END { print sum + 0 }')
gup=$(number faults_by_kind_total ',kind="gup"')
# Where the hook does not see them, those of get_user_pages are in the kernel's count alone: exec makes
# some for its arguments.
[ "$ours" -gt 500 ] || fail "$ours page faults"
if [ -n "$gup" ]; then
  is "page faults against the kernel's" "$kernel" "$ours"
else
  within "page faults" "$kernel" "$ours" 10 10
fi
difference=$(sed -n 's/^hoodtrace_audit_difference_seconds //p' "$report")
awk -v d="$difference" 'BEGIN { exit !(d < 0.2 && d > -0.2) }' || fail "cpu.stat differs by $difference s"
lost=$(sed -n 's/^hoodtrace_events_lost_total{kind="\(.*\)"} \([1-9].*\)/"\1":\2,/p' "$report")
echo "lost: $lost"
echo "$lost" >"$report"
excuse_missed "$report"
[ -z "$(cat "$report")" ] || fail "events were lost"
kill -INT "$server"
wait "$server"
is "exit code" 0 $?
rm "$file" "$file.2"
