# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# The program for another architecture than this machine's: cross-built against that architecture's own
# packages, which are unpacked and never run here.

readonly cross_suite=bookworm
readonly cross_packages=libc6-dev,libstdc++-12-dev,libbpf-dev,libdw-dev,libelf-dev,zlib1g-dev,libzstd-dev,libsystemd-dev,libfmt-dev,libcli11-dev,nlohmann-json3-dev,libncurses-dev,libgtest-dev,libgmock-dev

# build_of ARCH: where the build for that architecture is.
build_of() {
  if [[ $1 == "$(host_arch)" ]]; then
    printf '%s/build/release' "$project_root"
  else
    printf '%s/build/%s' "$project_root" "$1"
  fi
}

sysroot_of() { printf '%s/%s/sysroot' "$cache" "$1"; }

# make_sysroot ARCH: once per list of packages.
make_sysroot() {
  local dir bases
  dir=$(sysroot_of "$1")
  if [[ $(cat "$dir.packages" 2>/dev/null) == "$cross_packages" ]]; then return 0; fi
  need mmdebstrap mmdebstrap
  bases=$(mirror_bases) || skip "apt here knows no Debian mirror: set HOODTRACE_VM_MIRROR to one"
  rm -rf "$dir" "$dir.packages"
  mkdir -p "${dir%/*}"
  note "unpacking Debian's packages for $1"
  mmdebstrap --quiet --mode=root --arch="$1" --variant=extract --include="$cross_packages" \
    --aptopt='Acquire::Languages "none"' "$cross_suite" "$dir" "${bases%%$'\n'*}" >"$dir.log" 2>&1 ||
    skip "mmdebstrap could not unpack the packages for $1 (log: $dir.log)"
  printf '%s' "$cross_packages" >"$dir.packages"
}

cmd_cross() {
  local arch=${1:-arm64} build targets=(hoodtrace workload)
  [[ $arch == arm64 ]] || bad_usage "cross builds for arm64 alone"
  need aarch64-linux-gnu-g++ g++-aarch64-linux-gnu cmake cmake
  make_sysroot "$arch"
  build=$project_root/build/$arch
  cmake -S "$project_root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1 -DNDEBUG" -DHOODTRACE_TESTS=ON \
    "-DCMAKE_TOOLCHAIN_FILE=$project_root/scripts/cmake/aarch64.cmake" \
    "-DHOODTRACE_SYSROOT=$(sysroot_of "$arch")" ${HOODTRACE_CROSS_OPTIONS:-} >"$build.log" 2>&1 ||
    { tail -n 20 "$build.log" >&2 && die "cmake could not configure $build"; }
  cmake --build "$build" --target "${targets[@]}" >>"$build.log" 2>&1 ||
    { tail -n 40 "$build.log" >&2 && die "$build does not build"; }
  note "built $(program_in "$build") for $arch"
}

# foreign_libraries PROGRAM SYSROOT: what it is linked with, and what that is, as paths below the
# sysroot: /lib/....
foreign_libraries() {
  local todo=("$1") done=' ' file name folder
  readelf -l "$1" 2>/dev/null | sed -nE 's/.*interpreter: (.*)\]$/\1/p'
  while ((${#todo[@]} > 0)); do
    file=${todo[0]}
    todo=("${todo[@]:1}")
    while IFS= read -r name; do
      [[ $done != *" $name "* ]] || continue
      done+="$name "
      for folder in "$2"/lib/*-linux-gnu "$2"/usr/lib/*-linux-gnu; do
        [[ -e $folder/$name ]] || continue
        printf '%s\n' "${folder#"$2"}/$name"
        todo+=("$folder/$name")
        break
      done
    done < <(readelf -d "$file" 2>/dev/null | sed -nE 's/.*\(NEEDED\).*\[(.*)\]$/\1/p')
  done
}

# add_foreign_build TREE DIR ARCH: the program and what the cases start, where they are in a native
# guest.
add_foreign_build() {
  local tree=$1 build=$2 sysroot file library
  sysroot=$(sysroot_of "$3")
  mkdir -p "$tree/hoodtrace/tests/support"
  cp "$(program_in "$build")" "$tree/hoodtrace/hoodtrace"
  cp "$build/tests/support/workload" "$tree/hoodtrace/tests/support/workload"
  for file in "$tree/hoodtrace/hoodtrace" "$tree/hoodtrace/tests/support/workload"; do
    while IFS= read -r library; do
      mkdir -p "$tree$(dirname "$library")"
      [[ -e $tree$library ]] || cp -L "$sysroot$library" "$tree$library"
    done < <(foreign_libraries "$file" "$sysroot")
  done
}
