#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Checks scripts/vm.sh itself, without any hoodtrace binary: about a minute on one core.
# usage: tests/vm/harness_test.sh [KERNEL [ARCH]]   exit 77: no kernel to be had here.
# shellcheck disable=SC2016 # what stands in single quotes is for the guest's shell
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kernel=${1:-6.1}
arch=${2:-$(dpkg --print-architecture)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

vm() { "$root/scripts/vm.sh" "$@"; }
guest() { vm run "$kernel" --arch "$arch" --build "$scratch/none" "$@" 2>"$scratch/err"; }

# check NAME WANTED_CODE WANTED_OUTPUT CODE OUTPUT
check() {
  if [[ $2 == "$4" && $3 == "$5" ]]; then
    passed=$((passed + 1)) && echo "ok   $1"
  else
    failed=$((failed + 1)) && echo "FAIL $1: wanted code $2 and '$3', got code $4 and '$5'"
    tail -n 5 "$scratch/err" | sed 's/^/     /'
  fi
}

vm fetch --arch "$arch" "$kernel" || exit

out=$(guest -- sh -c 'echo "$1|$2|$3"; exit 7' x "it's" '' '$HOME "b"')
check 'exit code and quoting' 7 "it's||\$HOME \"b\"" $? "$out"

head -c 300000 /dev/urandom >"$scratch/bytes"
out=$(guest --file "$scratch/bytes:/root/bytes" -- cat /root/bytes | sha1sum)
check 'output is byte for byte' 0 "$(sha1sum <"$scratch/bytes")" $? "$out"

if [[ $arch == "$(dpkg --print-architecture)" ]]; then
  out=$(guest --file "$(command -v bash):/usr/bin/bash" -- bash -c 'echo ${BASH_VERSION:+brought}')
  check 'a program comes with its libraries' 0 brought $? "$out"
fi

mkdir -p "$scratch/overlay/opt" && echo laid >"$scratch/overlay/opt/over"
out=$(guest --root "$scratch/overlay" -- cat /opt/over)
check 'an overlay' 0 laid $? "$out"

out=$(guest --disk 64M --module zram -- sh -c \
  'stat -f -c %T /mnt; echo x >/mnt/x && cat /mnt/x; test -b /dev/zram0 && echo zram')
check 'a disk and a module' 0 $'ext2/ext3\nx\nzram' $? "$out"

out=$(guest --smp 2 --append loglevel=3 -- sh -c 'nproc; grep -o loglevel=3 /proc/cmdline
  echo 0 >/sys/devices/system/cpu/cpu1/online; nproc')
check 'two CPUs, one taken off' 0 $'2\nloglevel=3\n1' $? "$out"

out=$(guest -- sh -c 'echo before; echo c >/proc/sysrq-trigger')
check 'a panic' 125 before $? "$out"
grep -q 'Kernel panic - not syncing' "$scratch/err"
check 'a panic shows the console' 0 '' $? ''

out=$(guest --timeout 15 -- sh -c 'echo before; sleep 600')
check 'a timeout' 124 before $? "$out"

out=$(guest --module no-such-module -- true)
check 'an unknown module' 125 '' $? "$out"

# A signal to the script alone must end it at once, and its guest with it. (By way of vm() the
# signal would only reach a subshell.)
"$root/scripts/vm.sh" run "$kernel" --arch "$arch" --build "$scratch/none" -- \
  sh -c 'echo up; sleep 600' >"$scratch/out" 2>"$scratch/err" &
pid=$!
for ((i = 0; i < 300; i++)); do grep -q up "$scratch/out" && break; sleep 0.2; done
watchdog=$(ps -o pid=,args= --ppid "$pid" | awk '/timeout/ { print $1 }')
qemu=$(ps -o pid= --ppid "$watchdog" | tr -d ' ')
begin=$SECONDS
kill "$pid"
wait "$pid"
check 'a signal ends the run' 143 quick $? "$( ((SECONDS - begin < 5)) && echo quick)"
if kill -0 "${qemu:-$$}" 2>/dev/null; then out=alive; else out=gone; fi
check 'a signal ends the guest' 0 gone 0 "$out"

out=$(HOODTRACE_VM_CACHE=$scratch/cache HOODTRACE_VM_MIRROR=http://127.0.0.1:9/debian \
  vm fetch "$kernel" 2>"$scratch/err")
check 'no network is a skip' 77 '' $? "$out"

out=$(vm run no-such-kernel -- true 2>"$scratch/err")
check 'an unknown kernel' 2 '' $? "$out"

echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
