#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boots other kernels in QEMU and runs hoodtrace (or any command) in them as root.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"

readonly project_root=$root
readonly vm_dir=$project_root/scripts/vm
readonly cache=${HOODTRACE_VM_CACHE:-$project_root/.cache/vm}

# Exit codes of the harness itself; any other code comes from the command in the guest.
readonly exit_usage=2 exit_skip=77 exit_timeout=124 exit_guest_died=125

usage() {
  cat <<'USAGE'
usage: scripts/vm.sh run KERNEL [options] -- COMMAND [ARGS…]
       scripts/vm.sh kernels
       scripts/vm.sh fetch [--arch ARCH] [--refresh] [KERNEL…]
       scripts/vm.sh cross
       scripts/vm.sh matrix [--jobs N] [--build DIR] [--timeout S] [--quick] [--arch ARCH]
                              [--only CASE,…] [KERNEL…]

run: boots KERNEL with a tiny initramfs, runs COMMAND as root, prints its output
and exits with its code (77 no such kernel to be had, 124 timeout, 125 the guest died
or could not be started).
  --arch ARCH        amd64 or arm64 (default: this machine's)
  --smp N            virtual CPUs (default 1; more are emulated in one thread)
  --nodes N          NUMA nodes, each a socket (default 1)
  --mem M            memory in MiB (default 1024)
  --append ARGS      more kernel arguments; may be repeated
  --timeout S        seconds until the guest is killed (default 120)
  --file HOST:GUEST  copies a file or folder, with the libraries that programs need
  --root DIR         lays DIR over the initramfs (programs for a foreign ARCH)
  --build DIR        build to bring along (default build/release, or build/ARCH of a foreign one)
  --module NAME      loads a kernel module first, with what it depends on
  --disk SIZE        empty ext4 disk (/dev/nvme0n1) mounted at /mnt, e.g. 256M
  --console FILE     keeps the kernel's console there

kernels: lists the known kernels, and which are in the cache.
fetch:   brings kernels (default: all) into the cache; --refresh takes newer ones.
cross:   builds the program for arm64 here, into build/arm64, which the guests of --arch arm64 take.
matrix:  runs the live suite (scripts/vm/suite/, a file per case) on each kernel (default:
         all; "host" is this machine's own) and prints one table. Guests at a time: --jobs, or as
         many as CPUs are idle. --quick leaves out what takes minutes. cpus16 and cpus64
         run with --only alone.

environment: HOODTRACE_VM_CACHE   cache folder (default .cache/vm)
             HOODTRACE_VM_MIRROR  Debian mirror, where apt here knows none
             HOODTRACE_VM_ACCEL   QEMU accelerator (default tcg)
             HOODTRACE_VM_JOBS    guests at a time, as --jobs
USAGE
}

note() { printf 'vm: %s\n' "$*" >&2; }
failure=1 # what die exits with; run, which passes on the codes of commands, sets its own
die() { note "$*"; exit "$failure"; }
skip() { note "skipped: $*"; exit "$exit_skip"; }
bad_usage() { note "$*; try scripts/vm.sh --help"; exit "$exit_usage"; }

# need COMMAND PACKAGE …: refuses early when a tool of this machine is missing.
need() {
  while (($# > 1)); do
    command -v "$1" >/dev/null || die "$1 is missing: apt-get install $2"
    shift 2
  done
}

# shellcheck source=scripts/vm/kernels.sh
source "$vm_dir/kernels.sh"
# shellcheck source=scripts/vm/apt.sh
source "$vm_dir/apt.sh"
# shellcheck source=scripts/vm/cache.sh
source "$vm_dir/cache.sh"
# shellcheck source=scripts/vm/initramfs.sh
source "$vm_dir/initramfs.sh"
# shellcheck source=scripts/vm/cross.sh
source "$vm_dir/cross.sh"
# shellcheck source=scripts/vm/qemu.sh
source "$vm_dir/qemu.sh"
# shellcheck source=scripts/vm/run.sh
source "$vm_dir/run.sh"
# shellcheck source=scripts/vm/matrix.sh
source "$vm_dir/matrix.sh"

export PATH=$PATH:/usr/sbin:/sbin # depmod, modprobe and mke2fs live there

case ${1:-} in
  run) shift && cmd_run "$@" ;;
  kernels) shift && cmd_kernels "$@" ;;
  fetch) shift && cmd_fetch "$@" ;;
  cross) shift && cmd_cross "$@" ;;
  matrix) shift && cmd_matrix "$@" ;;
  -h | --help | help) usage ;;
  *) usage >&2 && exit "$exit_usage" ;;
esac
