# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Known numbers of page faults, by each way of seeing them that this kernel has: as many as the kernel
# counted, and the same kinds whatever the way.
# boot: --disk 256M
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload

# about KIND COUNT: that many, and what the program's own start adds: its code is in tmpfs here, of which
# 7.2 maps a page per fault.
about() {
  got=$(column "$1")
  echo "$1: $got, of them $2 known"
  [ "$got" -ge "$2" ] && [ "$got" -le $(($2 + 500)) ] || fail "$1: $got, of them $2 known"
}

tiers='auto base events'
# There is no tracepoint of the exception: fentry where it attaches (not yet on 6.1), or perf events.
if [ "$(uname -m)" != x86_64 ]; then
  tiers=events
  hoodtrace doctor | grep -q "yes  fentry attaches" && tiers='auto events'
fi
for tier in $tiers; do
  echo "tier $tier"
  report_of faults --tier "$tier" --format csv -- "$workload" faults /mnt \
    zero=500 zero_read=400 upgrade=300 shmem=350 kernel=450 file_cow=550 shared=600 major=64
  csv_nothing_lost
  is "faults against kernel accounting" "$(csv_audit kernel_faults)" \
    "$(($(csv_audit seen) + $(csv_audit gup)))"
  about shmem 350
  about file_cow 550
  about file_major 64
  [ "$tier" != events ] || continue # tells fewer kinds
  about demand_zero 500
  about zero_page_read 700 # those that are upgraded were read first
  about zero_page_upgrade 300
  about kernel_access 450
  about shared_write 600
  report_of faults --cow --tier "$tier" --format csv -- "$workload" cow pages=1000 child=700 after=1000
  csv_nothing_lost
  about child_copied 700
  about parent_reused 1000
done
