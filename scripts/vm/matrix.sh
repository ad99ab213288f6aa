# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# The live suite on every kernel, several guests at a time, and one table of the results.

cmd_matrix() {
  local jobs quick='' limit=2400 arch build='' kernels=() cases=() kernel logs begin
  arch=$(host_arch)
  jobs=${HOODTRACE_VM_JOBS:-$(idle_cpus)}
  while (($# > 0)); do
    case $1 in
      --jobs | --build | --timeout | --only | --arch)
        (($# > 1)) || bad_usage "$1 needs a value"
        case $1 in
          --jobs) jobs=$2 ;;
          --build) build=$2 ;;
          --timeout) limit=$2 ;;
          --arch) check_arch "$2" && arch=$2 ;;
          --only) IFS=, read -r -a cases <<<"$2" ;;
        esac
        shift
        ;;
      --quick) quick=1 ;;
      -*) bad_usage "unknown option '$1'" ;;
      host) kernels+=(host) ;;
      *) check_kernel "$1" && kernels+=("$1") ;;
    esac
    shift
  done
  [[ $jobs =~ ^[1-9][0-9]*$ ]] || bad_usage "--jobs takes a whole number"
  for kernel in "${cases[@]}"; do
    [[ -f $vm_dir/suite/$kernel.sh ]] || bad_usage "no case '$kernel' in scripts/vm/suite"
  done
  if ((${#kernels[@]} == 0)); then mapfile -t kernels < <(kernel_names); fi
  if [[ -z $build ]]; then
    build=$(build_of "$arch")
    if [[ $arch == "$(host_arch)" ]]; then build_for_guests; fi
  fi
  [[ -n $(program_in "$build") ]] || skip "no hoodtrace under $build: build it first"

  logs=$cache/matrix
  [[ $arch == "$(host_arch)" ]] || logs+=-$arch
  mkdir -p "$logs"
  exec 8>>"$logs/lock"
  flock --nonblock 8 || die "another matrix is running in $logs"
  begin=$SECONDS
  prefetch "${kernels[@]}"
  trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT
  trap 'kill $(jobs -p) 2>/dev/null; exit 143' TERM HUP
  for kernel in "${kernels[@]}"; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
    suite_on "$kernel" "$logs/$kernel" &
  done
  wait
  print_matrix "$logs" "${kernels[@]}"
  printf '%s s in all, %s guests at a time, logs in %s\n' "$((SECONDS - begin))" "$jobs" "$logs"
  print_totals "$logs" "${kernels[@]}"
}

# build_for_guests: the program and what the families run, which run.sh alone does not build.
build_for_guests() {
  (
    cd "$project_root"
    # shellcheck source=scripts/build.sh
    source scripts/build.sh
    # shellcheck disable=SC2034 # read by build
    want_tests=1
    build release --target hoodtrace workload live_tests
  ) >&2 || die "no build for the guests; scripts/setup.sh test installs what it needs"
}

# idle_cpus: how many guests at a time the machine has CPUs for now; at least one.
idle_cpus() {
  awk -v n="$(nproc)" '{ idle = int(n - $1 + 0.5); print (idle < 1 ? 1 : (idle > n ? n : idle)) }' \
    /proc/loadavg
}

# wanted_cases: "NAME TAB BOOT-OPTIONS ...", those of --only, or all but those that run on request only; with
# --quick the short ones.
wanted_cases() {
  sh "$vm_dir/suite.sh" list |
    awk -F'\t' -v only=" ${cases[*]} " -v quick="$quick" \
      'only == "  " ? $4 == "" && !(quick && $3 != "") : index(only, " " $1 " ")'
}

# prefetch KERNEL…: all at once, before the clocks of the rows run. What fails here fails
# again, with its reason, in its own row.
prefetch() {
  local names=() kernel
  for kernel in "$@"; do if [[ $kernel != host ]]; then names+=("$kernel"); fi; done
  (ensure_cached "$arch" busybox "${names[@]}") || true
}

# suite_on KERNEL PREFIX: leaves PREFIX.log (all output) and PREFIX.result (exit code, seconds).
# Cases that need the same boot options share a guest.
suite_on() {
  local kernel=$1 prefix=$2 code=0 begin=$EPOCHREALTIME boot worst=0 together=()
  rm -f "$prefix.result"
  : >"$prefix.log"
  while IFS= read -r boot; do
    mapfile -t together < <(wanted_cases | awk -F'\t' -v b="$boot" '$2 == b { print $1 }')
    code=0
    guest_with "$kernel" "$boot" "${together[@]}" >>"$prefix.log" 2>&1 8>&- || code=$?
    if ((code == exit_guest_died)); then
      note "$kernel: the guest${boot:+ with $boot} died, once more" 2>&1 | tee -a "$prefix.log" >&2
      code=0
      guest_with "$kernel" "$boot" "${together[@]}" >>"$prefix.log" 2>&1 8>&- || code=$?
    fi
    ((code == 0)) || worst=$code
  done < <(wanted_cases | cut -f2 | sort -u)
  printf '%s %s\n' "$worst" "$(elapsed "$begin")" >"$prefix.result"
  note "$kernel: done in $(elapsed "$begin") s"
}

# What the live tests of a guest run besides busybox: command and its package.
declare -rA guest_tools=([truncate]=coreutils [mkfs.ext4]=e2fsprogs [mkfs.btrfs]=btrfs-progs
  [btrfs]=btrfs-progs [mkfs.xfs]=xfsprogs [dmsetup]=dmsetup [mdadm]=mdadm
  [losetup]=util-linux [fincore]=util-linux-extra [unshare]=util-linux)

# guest_with KERNEL BOOT-OPTIONS CASE...: runs them in one guest, or here on the host.
guest_with() {
  local kernel=$1 options=() tool path tools=()
  read -r -a options <<<"$2"
  shift 2
  if [[ $kernel == host ]]; then
    PATH=$(dirname "$(program_in "$build")"):$PATH timeout "$limit" \
      sh "$vm_dir/suite.sh" run host "$@"
    return
  fi
  if [[ $arch == "$(host_arch)" ]]; then
    tools=(--file "$(type -P setpriv):/opt/setpriv")
    # Below /usr, where the live tests look for them: other ones than busybox's.
    for tool in "${!guest_tools[@]}"; do
      path=$(type -P "$tool") || die "$tool is missing: apt-get install ${guest_tools[$tool]}"
      path=/usr/${path#/usr/}
      tools+=(--file "$path:$path")
    done
  fi
  setpriv --pdeathsig TERM "$project_root/scripts/vm.sh" run "$kernel" --arch "$arch" "${options[@]}" \
    --build "$build" --timeout "$limit" --file "$vm_dir/suite.sh:/hoodtrace/suite.sh" \
    --file "$vm_dir/suite:/hoodtrace/suite" "${tools[@]}" -- \
    sh /hoodtrace/suite.sh run "$kernel" "$@"
}

program_in() { find "$1" -type f -perm /111 -name hoodtrace 2>/dev/null | head -n 1; }
elapsed() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# verdict_of LOG CASE EXIT_CODE: "verdict seconds reason". A case without a closing line
# was skipped when its kernel was not to be had, and has failed when the guest broke off.
verdict_of() {
  local line
  line=$(sed -n "s/^== $2: //p" "$1" | tail -n 1)
  if [[ -n $line ]]; then
    printf '%s\n' "$line"
  elif (($3 == exit_skip)); then
    printf 'skipped - %s\n' "$(sed -n 's/^vm: skipped: //p' "$1" | tail -n 1)"
  else
    printf 'fail - no verdict: %s\n' "$(grep -m1 '^vm: ' "$1" || echo "exit code $3")"
  fi
}

# each_verdict LOGS KERNEL…: kernel, case, verdict, seconds and reason, separated by tabs.
each_verdict() {
  local logs=$1 kernel case_name code verdict seconds reason
  shift
  for kernel in "$@"; do
    read -r code _ <"$logs/$kernel.result"
    for case_name in $(wanted_cases | cut -f1); do
      read -r verdict seconds reason < <(verdict_of "$logs/$kernel.log" "$case_name" "$code")
      printf '%s\t%s\t%s\t%s\t%s\n' "$kernel" "$case_name" "$verdict" "$seconds" "$reason"
    done
  done
}

print_matrix() {
  local logs=$1 kernel seconds
  shift
  {
    for kernel in "$@"; do
      read -r _ seconds <"$logs/$kernel.result"
      printf '%s\t\t%s\n' "$kernel" "$seconds"
    done
    each_verdict "$logs" "$@"
  } | awk -F'\t' '
    $2 == "" { wall[$1] = $3; kernels[++nkernels] = $1; next }
    { if (!($2 in seen)) { seen[$2] = 1; cases[++ncases] = $2 }
      cell[$1, $2] = $4 == "-" ? $3 : $3 " " $4 "s"
      if ($5 != "") why[++nwhy] = $1 " " $2 ": " $3 ": " $5 }
    END {
      printf "%-24s", "case"
      for (k = 1; k <= nkernels; k++) printf " %-14s", kernels[k]
      print ""
      for (f = 1; f <= ncases; f++) {
        printf "%-24s", cases[f]
        for (k = 1; k <= nkernels; k++) printf " %-14s", cell[kernels[k], cases[f]]
        print ""
      }
      printf "%-24s", "in all"
      for (k = 1; k <= nkernels; k++) printf " %-14s", wall[kernels[k]] "s"
      print ""
      for (w = 1; w <= nwhy; w++) print why[w]
    }' | sed 's/ *$//'
}

# print_totals: the closing line. A refusal that the suite allows counts as passed.
print_totals() {
  each_verdict "$@" | awk -F'\t' '
    { n[$3]++ }
    END {
      printf "%d passed, %d failed, %d skipped\n", n["pass"] + n["refused"], n["fail"], n["skipped"]
      exit n["fail"] > 0 ? 1 : n["pass"] + n["refused"] == 0 ? 77 : 0
    }'
}
