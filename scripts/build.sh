# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # sourced in the project's root; $root is from start.sh
# build PRESET [CMAKE-BUILD-ARGUMENTS...]: configures if needed and builds. Prints an estimate and, on
# a terminal, the progress; the compiler's output only when it fails. With want_tests=1 the tests are part
# of it. Under sudo it builds as the user who called, if the tree is theirs: no file of root's stays in it.

as_owner() {
  if ((EUID == 0)) && [[ -n ${SUDO_USER:-} ]] && [[ $(stat -c %U .) == "$SUDO_USER" ]]; then
    runuser -u "$SUDO_USER" -- "$@"
  else
    "$@"
  fi
}

# Memory that new processes may take, in MiB: of the machine, or of the container's cgroup if that is less.
available_mib() {
  local kib limit used
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  if { read -r limit </sys/fs/cgroup/memory.max && read -r used </sys/fs/cgroup/memory.current; } \
    2>/dev/null && [[ $limit != max ]] && (((limit - used) / 1024 < kib)); then
    kib=$(((limit - used) / 1024))
  fi
  echo $((kib / 1024))
}

# build_jobs: a job per CPU, as far as there is 1 GiB of memory for each: that much a link with the
# sanitizers takes.
build_jobs() {
  local cpus jobs
  cpus=$(nproc)
  jobs=$(($(available_mib) / 1024))
  ((jobs <= cpus)) || jobs=$cpus
  ((jobs >= 1)) || jobs=1
  echo "$jobs"
}

# Configures build/PRESET if that is not done yet, or was done by another checkout: a copied tree would
# build and run the original's sources.
configure() {
  local preset=$1 log=$2 settings=build/$1/CMakeCache.txt home options=()
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$settings" 2>/dev/null || true)
  if [[ -n $home && $home != "$root" ]]; then
    echo "build: build/$preset was configured for $home: starting anew"
    rm -rf "build/$preset"
  fi
  # Without the tests, or from before scdoc was installed.
  if [[ -n ${want_tests:-} ]] && ! grep -qs '^HOODTRACE_TESTS:BOOL=ON' "$settings"; then
    options+=(-DHOODTRACE_TESTS=ON)
  fi
  if grep -qs '^SCDOC:FILEPATH=.*NOTFOUND' "$settings" && command -v scdoc >/dev/null; then
    options+=(-USCDOC)
  fi
  [[ ! -f build/$preset/build.ninja ]] || ((${#options[@]})) || return 0
  echo "build: configuring build/$preset"
  if ! as_owner cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    echo "build: cmake could not configure preset $preset; see above" >&2
    return 1
  fi
}

# say_estimate PRESET JOBS CMAKE-BUILD-ARGUMENTS...: only for what takes longer than a minute.
say_estimate() {
  local preset=$1 jobs=$2 todo tenths=8 seconds time
  shift 2
  todo=$(as_owner cmake --build --preset "$preset" "$@" -- -n 2>/dev/null | grep '^\[' || true)
  [[ $preset != sanitize ]] || tenths=14
  # Tenths of CPU seconds, measured on a 3 GHz server. A batch of files (scripts/cmake/Unity.cmake) takes
  # longer than another step; tests are not optimized.
  seconds=$(awk -v each="$tenths" -v jobs="$jobs" '
    NF { sum += /userspace.*\/Unity\// ? 110 : /\/Unity\// ? 35 : each }
    END { print int(sum / 10 / jobs) }' <<<"$todo")
  ((seconds >= 60)) || return 0
  time="$((seconds / 10 * 10)) s"
  ((seconds < 600)) || time="$((seconds / 60)) min"
  echo "build: $(grep -c . <<<"$todo") steps, $jobs at a time: about $time, 1 GB of disk, $jobs GB of memory"
}

# show_progress: ninja's lines "[12/345] ..." as one line that is overwritten.
show_progress() {
  awk -v begin="$(date +%s)" '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), step, "/")
      if ("date +%s" | getline now) close("date +%s")
      if (now == last) next
      last = now
      left = step[1] > 9 ? sprintf(", about %d s left", (now - begin) * (step[2] - step[1]) / step[1]) : ""
      printf "\r\033[Kbuild: %d of %d%s", step[1], step[2], left >"/dev/stderr"
    }
    END { printf "\r\033[K" >"/dev/stderr" }'
}

build() {
  local preset=$1 log jobs status=0 started=$SECONDS
  shift
  if [[ ! -w . || (-e build && ! -w build) ]]; then
    echo "build: cannot write into $root: copy the tree to a place of your own, such as" \
      "cp -r $root ~/hoodtrace" >&2
    return 1
  fi
  log=$(mktemp)
  chmod 666 "$log"
  configure "$preset" "$log" || return
  jobs=${HOODTRACE_BUILD_JOBS:-$(build_jobs)}
  say_estimate "$preset" "$jobs" "$@"
  if [[ -t 2 ]]; then
    as_owner cmake --build --preset "$preset" --parallel "$jobs" "$@" 2>&1 | tee "$log" | show_progress ||
      status=1
  else
    as_owner cmake --build --preset "$preset" --parallel "$jobs" "$@" >"$log" 2>&1 || status=$?
  fi
  if ((status != 0)); then
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating|BPF)' "$log" | tail -n 60 >&2
    echo "build: preset $preset does not build; see above" >&2
    return 1
  fi
  ((SECONDS - started < 3)) || echo "build: built build/$preset in $((SECONDS - started)) s"
  rm -f "$log"
}
