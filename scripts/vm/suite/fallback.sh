# shellcheck shell=dash
# Waits from stamps at wake-ups and preemptions, as on a kernel that keeps no sched_info. A stamp
# is taken some instructions after the kernel's: 2 % apart at most, and 25 % in emulation, where
# those take 50 to 100 us of waits that are 0.5 ms long (seen: 10 to 12 % on a loaded machine).
. "${0%/*}/report.sh"
report_of sched --fallback --format json -- sh -c "$(spawn 50)"
nothing_lost
ours=$(audit wait_ns) kernels=$(audit kernel_run_delay_ns)
percent=2
[ -z "$HOODTRACE_VM_ACCEL" ] || percent=25
echo "wait $ours ns, the kernel's books $kernels ns, tolerance $percent %"
awk -v a="$ours" -v b="$kernels" -v p="$percent" \
  'BEGIN { d = a > b ? a - b : b - a; exit !(b > 0 && d * 100 <= b * p) }' ||
  fail "$ours ns waited, the kernel's books say $kernels ns"
