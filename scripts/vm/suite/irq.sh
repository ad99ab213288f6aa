# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Interrupts of the whole system: as many as /proc/interrupts and /proc/softirqs count. How long they take is
# compared with /proc/stat by a live test (SchedIrq.TimeInSoftInterruptsIsWhatTheKernelsTicksSample).
# where: guest
# boot: --disk 64M
. "${0%/*}/report.sh"
# softirqs, interrupts NAME: of all CPUs
softirqs() { awk -v name="$1:" '$1 == name { for (i = 2; i <= NF; i++) sum += $i } END { print sum + 0 }' /proc/softirqs; }
locals() { awk -v name="$1:" '$1 == name { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) sum += $i } END { print sum + 0 }' /proc/interrupts; }
devices() { awk '$1 ~ /^[0-9]+:$/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) sum += $i } END { print sum + 0 }' /proc/interrupts; }
all_counts() {
  for name in TIMER BLOCK SCHED RCU NET_RX; do echo "$name $(softirqs "$name")"; done
  for name in LOC IWI; do echo "$name $(locals "$name")"; done
  echo "device $(devices)"
}
# of NAME: in the report, by the name of the interrupt
of() {
  case $1 in
    LOC) name='"kind":"local","vector":[0-9]*,"name":"local timer"' ;;
    IWI) name='"kind":"local","vector":[0-9]*,"name":"irq work"' ;;
    device) name='"kind":"device","vector":[0-9]*,"name":"[^"]*"' ;;
    *) name="\"kind\":\"soft\",\"vector\":[0-9]*,\"name\":\"$1\"" ;;
  esac
  grep -o "$name,\"count\":[0-9]*" "$report" | sed 's/.*://' | awk '{ sum += $1 } END { print sum + 0 }'
}
ticks() { awk '$1 == "cpu" { print $7 + $8 }' /proc/stat; }
outer=$(all_counts)
hoodtrace sched --irq -d 5s -o "$report" --format json 2>"$errors" &
tracer=$!
attached "$tracer" || { cat "$errors" && exit 1; }
inner=$(all_counts)
begin_ticks=$(ticks)
dd if=/dev/zero of=/mnt/file bs=64k count=200 oflag=direct 2>/dev/null
i=0
while [ $((i += 1)) -lt 20000 ]; do :; done
end_ticks=$(ticks)
inner_end=$(all_counts)
wait "$tracer"
outer_end=$(all_counts)
nothing_lost
# count TEXT NAME
count() { echo "$1" | sed -n "s/^$2 //p"; }
for name in TIMER BLOCK SCHED RCU NET_RX LOC IWI device; do
  least=$(($(count "$inner_end" $name) - $(count "$inner" $name)))
  most=$(($(count "$outer_end" $name) - $(count "$outer" $name)))
  got=$(of $name)
  echo "$name: $got, the kernel counts $least while tracing and $most around it"
  [ "$got" -ge "$least" ] || fail "$name: $got is less than $least"
  [ "$got" -le "$most" ] || fail "$name: $got is more than $most"
done
[ "$(of LOC)" -gt 100 ] || fail "no local timer"
[ "$(of device)" -gt 100 ] || fail "no interrupts of the disk"
hard_soft=$(grep -o '"time_ns":[0-9]*' "$report" | sed 's/.*://' | awk '{ sum += $1 } END { printf "%.0f", sum / 1e6 }')
kernel=$(grep -o '"kernel_irq_ns":[0-9]*' "$report" | sed 's/.*://' | awk '{ sum += $1 } END { printf "%.0f", sum / 1e6 }')
echo "in interrupts: $hard_soft ms of 5 s by handler; the kernel: $kernel ms in runs of tasks," \
  "$(((end_ticks - begin_ticks) * 10)) ms in /proc/stat meanwhile"
