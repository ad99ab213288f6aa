# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # sourced, with $project_root set
# What scripts need that boot whole systems: the parts of scripts/vm/, a kernel, a system, a scratch
# folder.

readonly vm_dir=$project_root/scripts/vm
readonly cache=${HOODTRACE_VM_CACHE:-$project_root/.cache/vm}
readonly exit_usage=2 exit_skip=77
export PATH=$PATH:/usr/sbin:/sbin # depmod, modprobe and mke2fs live there

note() { printf 'boot: %s\n' "$*" >&2; }
die() { note "$*"; exit 1; }
skip() { note "skipped: $*"; exit "$exit_skip"; }
bad_usage() { note "$*"; exit "$exit_usage"; }
need() {
  while (($# > 1)); do
    command -v "$1" >/dev/null || skip "$1 is missing: apt-get install $2"
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
# shellcheck source=scripts/vm/qemu.sh
source "$vm_dir/qemu.sh"
# shellcheck source=scripts/vm/boot_image.sh
source "$vm_dir/boot_image.sh"

need qemu-system-x86_64 qemu-system-x86 mmdebstrap mmdebstrap mke2fs e2fsprogs
((EUID == 0)) || skip "making a system for the guest needs root"
ensure_cached "$(host_arch)" "${HOODTRACE_BOOT_KERNEL:-6.1}"
boot_base >/dev/null
# Beside the cache: the guest's files are links into it.
scratch=$(mktemp -d "$cache/boot/run.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
