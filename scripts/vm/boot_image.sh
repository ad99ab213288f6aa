# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# A whole Debian with systemd as a disk image, and guests that boot it. Sourced by tests/vm/boot_*.sh
# beside cache.sh, apt.sh, kernels.sh and qemu.sh.

# libfmt9 and the like are hoodtrace's own libraries; the last one makes the initrd.
readonly boot_packages=systemd-sysv,udev,dbus,kmod,cpio,zstd,libelf1,libfmt9,libzstd1,zlib1g
readonly boot_suite=bookworm

# boot_base [dracut|initramfs-tools]: prints the folder of the unpacked system, made once per list of
# packages.
boot_base() {
  local packages=$boot_packages,${1:-dracut} dir=$cache/boot/base-${1:-dracut} bases
  if [[ $(cat "$dir.packages" 2>/dev/null) == "$packages" ]]; then printf '%s' "$dir" && return; fi
  need mmdebstrap mmdebstrap
  bases=$(mirror_bases) || skip "apt here knows no Debian mirror: set HOODTRACE_VM_MIRROR to one"
  rm -rf "$dir" "$dir.packages"
  mkdir -p "${dir%/*}"
  note "making a Debian $boot_suite with systemd"
  mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt' \
    "$boot_suite" "$dir" "${bases%%$'\n'*}" >"$dir.log" 2>&1 ||
    skip "mmdebstrap could not make the guest's system (log: $dir.log)"
  printf '%s' "$packages" >"$dir.packages"
  printf '%s' "$dir"
}

# boot_tree KERNEL BINARY TREE [FLAVOUR]: a system in TREE, as boot_base makes it, with the kernel's
# modules and hoodtrace in it. Files are shared with the cache: replace them, never write into them.
boot_tree() {
  local kernel_root base library
  base=$(boot_base "${4:-dracut}")
  kernel_root=$(cached_dir "$1" "$(host_arch)")/root
  cp -al "$base" "$3"
  cp -al "$kernel_root/lib/modules" "$3/usr/lib/modules"
  cp -al "$kernel_root"/boot/config-* "$3/boot/"
  install -m 755 "$2" "$3/usr/local/bin/hoodtrace"
  while IFS= read -r library; do
    [[ -e $3$library ]] || cp -L --parents "$library" "$3"
  done < <(libraries_of "$2")
  boot_write "$3/etc/fstab" '/dev/nvme0n1 / ext4 defaults 0 1'
  boot_write "$3/etc/hostname" guest
  boot_write "$3/etc/machine-id" 0123456789abcdef0123456789abcdef
  rm -f "$3/etc/resolv.conf"
}

# boot_write FILE LINE…: a new file, whatever shares the old one's content.
boot_write() {
  local file=$1
  shift
  mkdir -p "${file%/*}"
  rm -f "$file"
  printf '%s\n' "$@" >"$file"
}

# boot_ends_with TREE SCRIPT: a unit that runs the script once the boot is over, and powers off. What
# it leaves in /run/out comes back.
boot_ends_with() {
  boot_write "$1/usr/local/bin/boot-check" "$2"
  chmod 755 "$1/usr/local/bin/boot-check"
  boot_write "$1/etc/systemd/system/boot-check.service" '[Unit]' 'After=multi-user.target' \
    '[Service]' 'Type=simple' 'ExecStart=/usr/local/bin/boot-check' 'StandardOutput=null' \
    'TimeoutStopSec=2s'
  mkdir -p "$1/etc/systemd/system/multi-user.target.wants"
  ln -sf /etc/systemd/system/boot-check.service \
    "$1/etc/systemd/system/multi-user.target.wants/boot-check.service"
}

# boot_initrd TREE FILE: makes the guest's initrd with the tool that is in there.
boot_initrd() {
  local version command
  version=$(ls "$1/usr/lib/modules")
  if [[ -x $1/usr/bin/dracut ]]; then
    command="dracut --force --no-hostonly --no-compress --add-drivers 'nvme ext4' --omit \
      'network network-manager nfs crypt lvm mdraid dmraid multipath btrfs plymouth iscsi' \
      /boot/initrd $version"
  else
    boot_write "$1/etc/initramfs-tools/conf.d/guest" MODULES=list COMPRESS=gzip
    boot_write "$1/etc/initramfs-tools/modules" nvme ext4
    command="mkinitramfs -o /boot/initrd $version"
  fi
  # In namespaces of its own: neither mounts nor processes of it stay.
  unshare --mount --pid --fork sh -euc '
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmp "$1/var/tmp"
    mount --bind /dev "$1/dev"
    PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" sh -c "$2" >"$3.log" 2>&1' \
    sh "$1" "$command" "$2" || { tail -n 5 "$2.log" >&2 && return 1; }
  mv "$1/boot/initrd" "$2"
}

# boot_disk TREE FILE [SIZE]
boot_disk() {
  need mke2fs e2fsprogs
  truncate -s "${3:-700M}" "$2"
  mke2fs -q -t ext4 -F -O ^metadata_csum -J size=8 -E lazy_itable_init=1,root_owner=0:0 -d "$1" "$2"
}

# boot_fill DISK MEGABYTES: leaves only that much free space on it.
boot_fill() {
  local free filler
  free=$(dumpe2fs -h "$1" 2>/dev/null | awk -F: '
    /^Free blocks/ { blocks = $2 } /^Block size/ { print int(blocks * $2 / 1048576) }')
  filler=$(mktemp)
  # Not zeroes: debugfs makes holes of them.
  head -c "$(((free - $2) * 1048576))" /dev/zero | tr '\0' x >"$filler"
  debugfs -w -R "write $filler filler" "$1" >/dev/null 2>&1
  rm -f "$filler"
}

# boot_run KERNEL DISK OUT [-initrd FILE] [-append ARGS] [-limit S] [-keep] [-cut-at REGEX]: boots; the
# folder OUT gets `console` and the files that the guest left in /run/out. -keep: the disk's changes stay;
# -count: the guest's clock counts instructions, two nanoseconds each, instead of time;
# -cut-at: the power is cut a few seconds after such a line on the console. The exit code is QEMU's,
# or 124 after the limit.
boot_run() {
  local kernel=$1 disk=$2 out=$3 initrd=() counted=() append='' limit=120 snapshot=on cut='' code=0 qemu i
  shift 3
  while (($# > 0)); do
    case $1 in
      -initrd) initrd=(-initrd "$2") && shift ;;
      -append) append=" $2" && shift ;;
      -limit) limit=$2 && shift ;;
      -keep) snapshot=off ;;
      -cut-at) cut=$2 && shift ;;
      -count) counted=(-icount "shift=1,sleep=off") ;;
    esac
    shift
  done
  local machine=() serial_ports=()
  # no_timer_check: a host that is busy at the wrong moment makes a kernel doubt its timer, and panic.
  rm -rf "$out"
  mkdir -p "$out"
  machine_amd64 1 "$out"
  truncate -s 64M "$out/results"
  machine+=("${counted[@]}" -smp 1 -m 1024 -nodefaults -no-user-config -display none -no-reboot
    -kernel "$(cached_file "$kernel" "$(host_arch)" 'vmlinuz*')" "${initrd[@]}"
    -drive "if=none,id=disk,format=raw,cache=unsafe,snapshot=$snapshot,file=$disk"
    -device "nvme,drive=disk,serial=disk"
    -drive "if=none,id=results,format=raw,cache=unsafe,file=$out/results"
    -device "nvme,drive=results,serial=results"
    -append "root=/dev/nvme0n1 ro console=ttyS0 quiet no_timer_check systemd.show_status=1 panic=-1 oops=panic systemd.log_target=kmsg net.ifnames=0$append")
  if [[ -n $cut ]]; then
    "${machine[@]}" </dev/null >"$out/qemu" 2>&1 &
    qemu=$!
    for ((i = 0; i < limit * 5; i++)); do
      grep -qsaE "$cut" "$out/console" && break
      sleep 0.2
    done
    sleep 3
    kill -KILL "$qemu" || note "the guest was through before its power was cut"
    wait "$qemu" || code=$?
  else
    timeout --kill-after 5 "$limit" "${machine[@]}" </dev/null >"$out/qemu" 2>&1 || code=$?
  fi
  tar -C "$out" -xf "$out/results" 2>/dev/null || true
  rm -f "$out/results"
  return "$code"
}
