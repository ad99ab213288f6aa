# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Cycles in user mode and in the kernel, of a command that computes and of one that calls the kernel. QEMU
# emulates a PMU for arm64 alone, whose cycles are ns of the guest's time.
. "${0%/*}/report.sh"
hoodtrace doctor | grep -q 'yes  a PMU that counts' || {
  hoodtrace why --cycles -- true && fail "--cycles without a PMU"
  echo "no PMU here" && exit 77
}
report_of why --cycles --format csv -- sh -c \
  '/hoodtrace/tests/support/workload spin ms=2000 cpus=1 user >/dev/null; exec dd if=/dev/zero of=/dev/null bs=1M count=4000'
csv_nothing_lost
for comm in user dd; do
  user=$(column user_cycles $comm) kernel=$(column kernel_cycles $comm) ran=$(column cycles_ran_ns $comm)
  [ "$ran" -gt 0 ] || fail "no cycles of $comm"
  # QEMU counts 1000 cycles in a us, and no more than the time in which they were counted.
  within "cycles of $comm, as ns" "$ran" $((user + kernel)) 3 10
  echo "$comm: user $user, kernel $kernel, in $ran ns"
  case $comm in
    user) [ "$kernel" -lt $(((user + kernel) / 10)) ] || fail "a loop is in the kernel" ;;
    dd) [ "$user" -lt $(((user + kernel) / 4)) ] || fail "dd is in user mode" ;;
  esac
done
