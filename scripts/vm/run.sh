# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# One run of one command in one guest.

cmd_run() {
  local arch kernel='' smp=1 nodes=1 mem=1024 append='' limit=120 build=
  local overlay='' disk='' console='' files=() modules=() command=()
  arch=$(host_arch)
  while (($# > 0)); do
    case $1 in
      --) shift && command=("$@") && break ;;
      --arch | --smp | --nodes | --mem | --append | --timeout | --file | --root | --build | --module | \
        --disk | --console)
        (($# > 1)) || bad_usage "$1 needs a value"
        case $1 in
          --arch) arch=$2 ;;
          --smp) smp=$2 ;;
          --nodes) nodes=$2 ;;
          --mem) mem=$2 ;;
          --append) append+=" $2" ;;
          --timeout) limit=$2 ;;
          --file) files+=("$2") ;;
          --root) overlay=$2 ;;
          --build) build=$2 ;;
          --module) modules+=("$2") ;;
          --disk) disk=$2 ;;
          --console) console=$2 ;;
        esac
        shift
        ;;
      -*) bad_usage "unknown option '$1'" ;;
      *) [[ -z $kernel ]] || bad_usage "the command goes behind --"; kernel=$1 ;;
    esac
    shift
  done
  [[ -n $kernel ]] || bad_usage "run needs a kernel"
  ((${#command[@]} > 0)) || bad_usage "run needs a command behind --"
  local number
  for number in "$smp" "$nodes" "$mem" "$limit"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || bad_usage "--smp, --nodes, --mem and --timeout take whole numbers"
  done
  ((smp % nodes == 0 && mem % nodes == 0)) ||
    bad_usage "--nodes $nodes: --smp $smp and --mem $mem cannot be divided among them"
  check_kernel "$kernel"
  check_arch "$arch"
  build=${build:-$(build_of "$arch")}
  need cpio cpio flock util-linux setpriv util-linux timeout coreutils modprobe kmod
  failure=$exit_guest_died
  local machine=() serial_ports=()
  run_dir=$(mktemp -d --tmpdir hoodtrace-vm.XXXXXX) # global, for the trap
  qemu_pid='' tail_pid=''
  trap end_run EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  "machine_$arch" "$smp" "$run_dir"

  ensure_cached "$arch" "$kernel" busybox
  cache_lock shared
  prepare_guest
  cache_unlock
  boot_guest
}

end_run() {
  local pid
  for pid in $qemu_pid $tail_pid; do
    if kill "$pid" 2>/dev/null; then wait "$pid" 2>/dev/null || true; fi
  done
  rm -rf "$run_dir"
}

# prepare_guest: kernel, initramfs and disk in $run_dir; reads cmd_run's variables.
prepare_guest() {
  local tree=$run_dir/tree kernel_root pair module
  kernel_root=$(cached_dir "$kernel" "$arch")/root
  cp "$(cached_file "$kernel" "$arch" 'vmlinuz*')" "$run_dir/vmlinuz"
  initramfs_skeleton "$tree" "$arch"
  if [[ $arch == "$(host_arch)" ]]; then
    add_build "$tree" "$build"
  elif [[ -d $build ]]; then
    add_foreign_build "$tree" "$build" "$arch"
  fi
  for pair in "${files[@]}"; do
    [[ $pair == *:* ]] || bad_usage "--file takes HOST:GUEST"
    add_path "$tree" "${pair%:*}" "${pair##*:}"
  done
  if [[ -n $overlay ]]; then
    [[ -d $overlay ]] || die "no such folder: $overlay"
    cp -a "$overlay/." "$tree/"
  fi
  if [[ -n $disk ]]; then
    need mke2fs e2fsprogs
    modules=(nvme ext4 "${modules[@]}")
    truncate -s "$disk" "$run_dir/disk" || bad_usage "--disk takes a size such as 256M"
    mke2fs -q -t ext4 -F "$run_dir/disk"
    machine+=(-drive "if=none,id=disk,format=raw,cache=unsafe,file=$run_dir/disk"
      -device "nvme,drive=disk,serial=hoodtrace")
  fi
  for module in "${modules[@]}"; do add_module "$tree" "$kernel_root" "$module"; done
  add_command "$tree" "${command[@]}"
  printf 'output=/dev/%s\nstatus=/dev/%s\ndisk=%s\nHOODTRACE_VM_ACCEL=%s\n' \
    "${serial_ports[1]}" "${serial_ports[2]}" "${disk:+yes}" "${HOODTRACE_VM_ACCEL:-tcg}" \
    >"$tree/vm/settings"
  pack_initramfs "$tree" "$run_dir/initramfs"
  rm -rf "$tree"
}

# add_nodes: NUMA nodes with as many virtual CPUs and as much memory each. Each is a socket: a last-level cache is
# within one.
add_nodes() {
  local node each=$((smp / nodes))
  ((nodes > 1)) || return 0
  for ((node = 0; node < nodes; node++)); do
    machine+=(-object "memory-backend-ram,id=node$node,size=$((mem / nodes))M"
      -numa "node,memdev=node$node,cpus=$((node * each))-$((node * each + each - 1))")
  done
  smp+=,sockets=$nodes
}

# boot_guest: streams the output; exits with the command's code or with one of our own.
boot_guest() {
  local qemu_code=0 verdict=
  : >"$run_dir/output"
  add_nodes
  # An oops must not pass unseen: it panics, a panic reboots, and -no-reboot ends QEMU.
  machine+=(-smp "$smp" -m "$mem" -nodefaults -no-user-config -display none -no-reboot
    -kernel "$run_dir/vmlinuz" -initrd "$run_dir/initramfs"
    -append "console=${serial_ports[0]} quiet panic=-1 oops=panic$append")
  # setpriv: should this shell be killed outright, the guest goes with it.
  setpriv --pdeathsig TERM timeout --kill-after 5 "$limit" "${machine[@]}" \
    </dev/null >"$run_dir/qemu" 2>&1 9>&- &
  qemu_pid=$!
  # In the background too: a signal that arrives while bash waits is handled at once.
  setpriv --pdeathsig TERM tail --follow --sleep-interval 0.1 --bytes +1 --pid "$qemu_pid" \
    "$run_dir/output" 9>&- &
  tail_pid=$!
  wait "$tail_pid" || true
  tail_pid=''
  wait "$qemu_pid" || qemu_code=$?
  qemu_pid=''
  if [[ -n $console ]]; then cp "$run_dir/console" "$console"; fi
  if [[ -f $run_dir/status ]]; then verdict=$(head -n 1 "$run_dir/status"); fi
  case $verdict in
    'exit '*) exit "${verdict#exit }" ;;
    'broken '*) note "the guest's init: ${verdict#broken }" ;;
    *)
      if ((qemu_code == 124 || qemu_code == 137)); then
        note "timeout: $kernel ($arch) ran longer than $limit s; the console's end:"
        show_console
        exit "$exit_timeout"
      fi
      note "the guest died: $kernel ($arch), QEMU's exit code $qemu_code; the console's end:"
      ;;
  esac
  show_console
  exit "$exit_guest_died"
}

# show_console: from the first sign of a crash on, or else the last lines.
show_console() {
  local first
  tail -n 5 "$run_dir/qemu" >&2
  if [[ ! -f $run_dir/console ]]; then return 0; fi
  first=$(grep -n -m1 -aE 'Kernel panic|Oops|BUG:' "$run_dir/console" | cut -d: -f1) || true
  tail -n "${first:+"+"}${first:-40}" "$run_dir/console" | tr -d '\r' | head -n 80 >&2 || true
}
