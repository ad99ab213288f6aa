# shellcheck shell=dash
# Pages that were swapped out come back: as many swap-in faults as the kernel counts pages.
# boot: --disk 64M
. "${0%/*}/report.sh"
umount /mnt && mkswap /dev/nvme0n1 >/dev/null && swapon /dev/nvme0n1 || exit
echo 0 >/proc/sys/vm/page-cluster # one page per fault
swapped_in() { sed -n 's/^pswpin //p' /proc/vmstat; }
for tier in auto base; do
  before=$(swapped_in)
  report_of faults --tier "$tier" --format csv -- \
    /hoodtrace/tests/support/workload faults /tmp swap=500 zero=100
  csv_nothing_lost
  swapped=$(($(swapped_in) - before))
  [ "$swapped" -ge 400 ] || fail "only $swapped pages came back from the swap"
  is "tier $tier: swap-ins" "$swapped" "$(($(column swap_major) + $(column swap_minor)))"
  is "faults against the kernel's books" "$(csv_audit kernel_faults)" \
    "$(($(csv_audit seen) + $(csv_audit gup)))"
done
