# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Waits from stamps at wake-ups and preemptions, as on a kernel that keeps no sched_info. A stamp
# is taken some instructions after the kernel's: 2 % apart at most, and 25 % in emulation, where
# those take 50 to 100 us of waits that are 0.5 ms long (seen: 10 to 12 % on a loaded machine).
. "${0%/*}/report.sh"
report_of sched --fallback --format json -- sh -c "$(spawn 50)"
nothing_lost
within "waits from stamps" "$(audit kernel_run_delay_ns)" "$(audit wait_ns)" 2 25
