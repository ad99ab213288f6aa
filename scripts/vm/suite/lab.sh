# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The experiments: predicted, measured and counted by the kernel. Shares and lengths of time are left out in
# emulation, where a scene waits for the emulated tracer as well.
# boot: --disk 256M
# long: yes
. "${0%/*}/report.sh"
hoodtrace doctor >/dev/null 2>&1 || { hoodtrace doctor | tail -n 1 && exit 3; }
ran=0 failed=
for name in demand-zero zero-page cow cow-huge mmap-file major-fault page-cache reclaim watermarks swap oom \
  fork-exec vfork zombie orphan threads signals states eevdf boot; do
  if hoodtrace lab "$name" --folder /mnt >"$report" 2>&1; then
    head -n 1 "$report"
    grep -q "^$name: skipped" "$report" || ran=$((ran + 1))
  else
    cat "$report"
    failed="$failed $name"
  fi
done
[ -z "$failed" ] || fail "failed:$failed"
[ "$ran" -ge 10 ] || fail "only $ran experiments ran"
