#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boots a Debian with systemd in QEMU under `hoodtrace boot`, in good and in broken cases.
# usage: tests/vm/boot_test.sh [CASE...]   all cases without; exit 77: no guest to be had here.
# Half a minute a case on a quiet core. HOODTRACE_BOOT_OUT keeps what the guests left.
set -euo pipefail

project_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly project_root
readonly here=$project_root/tests/vm
source "$project_root/scripts/vm/boot_lab.sh"

kernel=${HOODTRACE_BOOT_KERNEL:-6.1}
program=$scratch/hoodtrace # a copy: a build may go on meanwhile
cp "${HOODTRACE_BOOT_PROGRAM:-$project_root/build/release/hoodtrace}" "$program"
out=${HOODTRACE_BOOT_OUT:-$scratch/out}
passed=0 failed=0 skipped=0

# check NAME COMMAND...
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1)) && echo "ok   $name"
  else
    failed=$((failed + 1)) && echo "FAIL $name"
  fi
}
says() { grep -qE -- "$2" "$out/$1/$3" || { sed 's/^/     /' "$out/$1/$3" | head -n 20; false; }; }
booted() { grep -qE '^(running|degraded)$' "$out/$1/state"; }
capture_of() { find "$out/$1" -name 'boot-*.htrec' | head -n 1; }
has_capture() { [[ -n $(capture_of "$1") ]]; }

# agrees CASE: the report, made here, against systemd's own words from there.
agrees() {
  local file
  file=$(capture_of "$1")
  [[ -n $file ]] || { echo "     no capture"; return 1; }
  "$program" boot report --format json -o "$out/$1/report.json" "$file" &&
    python3 "$here/boot_compare.py" "$out/$1/report.json" "$out/$1" | sed 's/^/     /'
}

# tree CASE [ENABLE-OPTIONS...]: $tree, with the capture enabled. In emulation the programs need
# seconds to load, so --hold is long.
tree() {
  tree=$scratch/$1
  boot_tree "$kernel" "$program" "$tree" "${flavour:-dracut}"
  boot_ends_with "$tree" "$(<"$here/boot_check.sh")"
  shift
  "$program" boot enable --root "$tree" --hold 90s "$@" >/dev/null
}
# boots CASE [boot_run OPTIONS...]
boots() {
  local name=$1 code=0
  shift
  if [[ ! -f $scratch/$name.disk ]]; then boot_disk "$tree" "$scratch/$name.disk"; fi
  boot_run "$kernel" "$scratch/$name.disk" "$out/$name" -limit "${HOODTRACE_BOOT_LIMIT:-200}" "$@" || code=$?
  ((code == 0)) || echo "     QEMU's exit code $code"
}

case_plain() {
  tree plain --kmsg --families procs,sched,faults,cache
  boots plain
  check "plain: boots" booted plain
  check "plain: agrees with systemd and the kernel" agrees plain
  check "plain: modes" says plain '^600 /var/log/hoodtrace/boot-' modes
  check "plain: folder's mode" says plain '^700 /var/log/hoodtrace$' modes
  check "plain: one capture only" says plain '^not enabled' status
  check "plain: the kernel's log is among its marks" in_report plain \
    'any(m["kind"] == "kmsg" and "Linux version" in m["text"] for m in r["marks"])'
  check "plain: a page and a trace" pictures plain
}

# in_report CASE EXPRESSION: of Python, where r is the report.
in_report() { python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$out/$1/report.json" "$2"; }

# pictures CASE: the timeline has the units and the marks, the trace the processes.
pictures() {
  "$program" boot report --html "$out/$1/page.html" --perfetto "$out/$1/trace" "$(capture_of "$1")" \
    >/dev/null 2>&1 &&
    grep -q 'systemd-udevd.service' "$out/$1/page.html" &&
    grep -q 'sysinit.target' "$out/$1/page.html" && grep -q 'Linux version' "$out/$1/page.html" &&
    grep -qa 'systemd-udevd' "$out/$1/trace"
}

case_initrd() {
  tree initrd --initrd
  boot_initrd "$tree" "$scratch/initrd.img"
  boots initrd -initrd "$scratch/initrd.img"
  check "initrd: boots" booted initrd
  check "initrd: agrees with systemd and the kernel" agrees initrd
  check "initrd: one file" test "$(find "$out/initrd" -name '*.htrec' | wc -l)" = 1
  check "initrd: has its processes and units" has_early initrd 20 5
}

# initramfs-tools: no systemd in there, so no units.
case_initramfs() {
  local flavour=initramfs-tools
  tree initramfs --initrd
  boot_initrd "$tree" "$scratch/initramfs.img"
  boots initramfs -initrd "$scratch/initramfs.img"
  check "initramfs: boots" booted initramfs
  check "initramfs: agrees with systemd and the kernel" agrees initramfs
  check "initramfs: one file" test "$(find "$out/initramfs" -name '*.htrec' | wc -l)" = 1
  check "initramfs: has its processes" has_early initramfs 10 0
}

# has_early CASE PROCESSES UNITS: at least that many processes were born, and units were up, before the
# switch to the real root.
has_early() {
  python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
began = r["phases"]["userspace_began_ns"]
early = [p for p in r["processes"] if p["born_ns"] and p["born_ns"] < began]
units = [u for u in r["units"] if u["up_ns"] and u["up_ns"] < began and u["load"]]
print(f"     before the switch: {len(early)} processes were born, {len(units)} units were up")
sys.exit(not (len(early) >= int(sys.argv[2]) and len(units) >= int(sys.argv[3])))' \
    "$out/$1/report.json" "$2" "$3"
}

case_initrd_missing() {
  tree initrd_missing --initrd --no-argv
  boots initrd_missing
  check "initrd missing: boots" booted initrd_missing
  check "initrd missing: the capture begins after it" agrees initrd_missing
  check "initrd missing: --no-argv reads none" in_report initrd_missing \
    'len(r["processes"]) > 50 and not any(p["argv"] for p in r["processes"])'
}

case_full_var() {
  tree full_var
  boot_disk "$tree" "$scratch/full_var.disk" "$(($(du -sm "$tree" | cut -f1) + 60))M"
  boot_fill "$scratch/full_var.disk" 8
  boots full_var
  check "no space in /var: boots" booted full_var
  check "no space in /var: says so" says full_var 'has only .* left' status
  check "no space in /var: report has all the same" agrees full_var
}

case_ro_var() {
  tree ro_var
  boot_write "$tree/etc/fstab" '/dev/nvme0n1 / ext4 defaults 0 1' '/var /var none bind,ro 0 0'
  boots ro_var
  check "read-only /var: boots" booted ro_var
  check "read-only /var: says so" says ro_var 'Read-only file system' status
  check "read-only /var: report has all the same" agrees ro_var
}

case_masked() {
  tree masked
  ln -sf /dev/null "$tree/etc/systemd/system/hoodtrace-boot.service"
  boots masked
  check "masked: boots" booted masked
  check "masked: report says what to do" says masked 'no boot was captured yet' report
}

case_no_btf() {
  tree no_btf
  boot_write "$tree/etc/systemd/system/hide-btf.service" '[Unit]' 'DefaultDependencies=no' \
    'Before=hoodtrace-boot.service' '[Service]' 'Type=oneshot' \
    'ExecStart=mount -t tmpfs none /sys/kernel/btf'
  mkdir -p "$tree/etc/systemd/system/sysinit.target.wants"
  ln -sf /etc/systemd/system/hide-btf.service "$tree/etc/systemd/system/sysinit.target.wants/"
  boots no_btf
  check "no BTF: boots" booted no_btf
  check "no BTF: status says so" says no_btf 'no BTF' status
  check "no BTF: report says so" says no_btf 'no boot was captured yet .*no BTF' report
}

case_power_cut() {
  rm -rf "$out/power_cut_first"
  tree power_cut
  boots power_cut -keep -cut-at "Started .*systemd-logind|Reached target .*multi-user"
  mv "$out/power_cut" "$out/power_cut_first"
  boots power_cut -keep
  check "power cut: boots again" booted power_cut
  check "power cut: left a capture" has_capture power_cut
  check "power cut: report says that it broke off" says power_cut 'broke off' report
  check "power cut: report has units" says power_cut 'systemd-udevd.service' report
}

case_broken() {
  tree broken
  boot_write "$tree/usr/local/bin/hoodtrace" 'not a program'
  chmod 755 "$tree/usr/local/bin/hoodtrace"
  boots broken
  check "broken binary: boots" booted broken
  check "broken binary: only its own unit failed" says broken '^hoodtrace-boot.service' failed
  check "broken binary: no other unit failed" test "$(wc -l <"$out/broken/failed")" = 1
}

case_hanging() {
  tree hanging
  boot_write "$tree/usr/local/bin/hoodtrace" '#!/bin/sh' '[ "$2" = capture ] || exit 1' \
    'exec sleep 1000'
  chmod 755 "$tree/usr/local/bin/hoodtrace"
  sed -i 's/^TimeoutStartSec=.*/TimeoutStartSec=3s/' "$tree/etc/systemd/system/hoodtrace-boot.service"
  boots hanging
  check "hanging binary: boots" booted hanging
  check "hanging binary: let go in time" says hanging '^Result=timeout' unit
}

# The Debian package as its user has it: the first boot installs it and switches the capture on, the
# second is captured and ends with boot disable and a purge (boot_package.sh).
case_package() {
  local deb tree=$scratch/package
  deb=${HOODTRACE_BOOT_PACKAGE:-$(compgen -G "$project_root/build/package/hoodtrace_*_$(host_arch).deb" || true)}
  if [[ ! -f $deb ]]; then
    skipped=$((skipped + 1))
    echo "skip package: no hoodtrace_*_$(host_arch).deb in build/package; scripts/package.sh makes it"
    return
  fi
  boot_tree "$kernel" "$program" "$tree"
  rm "$tree/usr/local/bin/hoodtrace" "$tree"/etc/dpkg/dpkg.cfg.d/99mmdebstrap # it leaves out man pages
  cp "$deb" "$tree/root/hoodtrace.deb"
  boot_ends_with "$tree" "$(<"$here/boot_check.sh")"
  boot_write "$tree/usr/local/bin/boot-check-more" "$(<"$here/boot_package.sh")"
  chmod 755 "$tree/usr/local/bin/boot-check-more"
  rm -rf "$out/package_first"
  boots package -keep
  mv "$out/package" "$out/package_first"
  check "package: installs" says package_first '^install: 0$' codes
  check "package: boot enable" says package_first '^enable: 0$' codes
  check "package: the unit starts the package's program" says package_first \
    '^ExecStart=/usr/bin/hoodtrace boot capture' unit_file
  check "package: the unit's documentation is there" says package_first '^found man:hoodtrace' documentation
  check "package: and nothing of it is missing" lacks package_first '^missing' documentation
  boots package -keep
  check "package: boots" booted package
  check "package: agrees with systemd and the kernel" agrees package
  check "package: boot report in the guest" says package '^0$' report_code
  check "package: boot report has units" says package 'systemd-udevd.service' report
  check "package: boot disable" says package '^disable: 0$' codes
  check "package: boot disable leaves nothing for systemd" empty package after_disable
  check "package: enabled again, it purges" says package '^purge: 0$' codes
  check "package: the purge leaves nothing" empty package after_purge
  check "package: systemd has no unit of it" says package '^LoadState=not-found' unit_after
}
lacks() { [[ -f $out/$1/$3 ]] && ! grep -E -- "$2" "$out/$1/$3"; }
empty() { [[ -f $out/$1/$2 ]] && ! grep . "$out/$1/$2"; }

# The service of serve as the package has it: a user of its own, few capabilities, nothing to write to.
case_serve() {
  tree=$scratch/serve
  boot_tree "$kernel" "$program" "$tree" dracut
  ln -s ../local/bin/hoodtrace "$tree/usr/bin/hoodtrace"
  install -m 644 "$project_root/scripts/systemd/hoodtrace-serve.service" "$tree/etc/systemd/system/"
  boot_write "$tree/etc/default/hoodtrace" 'OPTIONS=--max-units 20'
  boot_ends_with "$tree" "$(<"$here/serve_check.sh")"
  ln -s /etc/systemd/system/hoodtrace-serve.service "$tree/etc/systemd/system/multi-user.target.wants/"
  boots serve
  check "serve: boots" booted serve
  check "serve: is healthy" says serve '^ok' health
  check "serve: runs as a user of its own" says serve '^Uid:\s+[1-9]' status
  check "serve: can gain no privileges" says serve '^NoNewPrivs:\s+1$' status
  check "serve: its processes are counted" says serve '^hoodtrace_forks_total\{unit="known-job.service"\} [67]\b' metrics
  check "serve: its page faults are" says serve \
    '^hoodtrace_faults_by_kind_total\{unit="known-job.service",kind="demand_zero"\} [1-9]' metrics
  check "serve: its direct reads are" says serve \
    '^hoodtrace_disk_bytes_total\{unit="known-job.service",op="read"\} (1[0-9]{6}|1\.[0-9]+e\+06)' metrics
  check "serve: nothing is lost" lacks serve '^hoodtrace_events_lost_total\{.*\} [^0]' metrics
  check "serve: stops at once" says serve '^Result=success$' stopped
}

cases=(plain initrd initramfs initrd_missing full_var ro_var masked no_btf power_cut broken hanging package serve)
if (($# > 0)); then cases=("$@"); fi
for name in "${cases[@]}"; do
  declare -F "case_$name" >/dev/null || bad_usage "no case '$name'"
  "case_$name"
  rm -rf "${scratch:?}/$name" "$scratch/$name.disk"
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
