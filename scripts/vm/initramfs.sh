# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# Builds a guest's initramfs: busybox, init.sh, the release build, files, modules, and the
# shared libraries of every program among them.

# initramfs_skeleton TREE ARCH
initramfs_skeleton() {
  local tree=$1 busybox
  mkdir -p "$tree"/{bin,sbin,usr/bin,usr/sbin,lib,etc,dev,proc,sys,run,tmp,mnt,root} \
    "$tree"/{hoodtrace,vm/modules}
  busybox=$(cached_file busybox "$2" busybox)
  cp "$busybox" "$tree/bin/busybox"
  ln -s busybox "$tree/bin/sh"
  printf '%s\n' root:x:0:0::/root:/bin/sh nobody:x:65534:65534::/:/bin/sh >"$tree/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$tree/etc/group"
  install -m 755 "$vm_dir/init.sh" "$tree/init"
}

# add_path TREE HOST GUEST: a file or a folder, then the libraries of the programs in it.
add_path() {
  local tree=$1 host=$2 guest=$3
  [[ -e $host ]] || die "no such file to bring along: $host"
  [[ $guest == /* ]] || bad_usage "the guest's path must be absolute: $guest"
  mkdir -p "$tree$(dirname "$guest")"
  if [[ -d $host ]]; then
    mkdir -p "$tree$guest"
    cp -a "$host/." "$tree$guest/"
  else
    cp -L --preserve=mode,timestamps "$host" "$tree$guest"
  fi
  add_libraries "$tree" "$host"
}

# add_libraries TREE PATH: what ldd names, at the very paths that ldd names.
add_libraries() {
  local tree=$1 program library
  while IFS= read -r -d '' program; do
    while IFS= read -r library; do
      if [[ ! -e $tree$library ]]; then cp -L --parents "$library" "$tree"; fi
    done < <(libraries_of "$program")
  done < <(find -L "$2" -type f -perm /111 -print0)
}

# libraries_of PROGRAM: absolute paths; nothing for scripts, static and foreign programs.
libraries_of() {
  [[ $(head -c 4 "$1" | tr -d '\0') == $'\x7fELF' ]] || return 0
  { ldd "$1" 2>/dev/null || true; } | sed -nE 's/^[^/]*(\/[^ ]+) \(0x[0-9a-f]+\)$/\1/p'
}

# add_build TREE DIR: the program to /hoodtrace, the live tests and their triggers below it; init mounts
# it where they were built too, since tests look for programs there.
add_build() {
  local tree=$1 build=$2 file
  if [[ ! -d $build ]]; then return 0; fi
  build=$(cd "$build" && pwd -P)
  printf '%s\n' "$build" >"$tree/vm/built_in"
  while IFS= read -r -d '' file; do
    add_path "$tree" "$file" "/hoodtrace/hoodtrace"
  done < <(find "$build" -type f -perm /111 -name hoodtrace -print0)
  if [[ ! -d $build/tests ]]; then return 0; fi
  while IFS= read -r -d '' file; do
    add_path "$tree" "$file" "/hoodtrace/tests/${file#"$build/tests/"}"
  done < <(find "$build/tests" -type f -perm /111 \
    -not -path '*/CMakeFiles/*' -not -path '*/unit/*' -not -path '*/bench/*' \
    -not -path '*/fuzz/*' -print0)
}

# add_module TREE KERNEL_ROOT NAME: the module after those it depends on, decompressed, under
# names that sort in the order of loading. A module that is built in adds nothing.
add_module() {
  local tree=$1 kernel_root=$2 name=$3 version plan kind path target order
  version=$(ls "$kernel_root/lib/modules")
  plan=$(modprobe -C /dev/null -d "$kernel_root" -S "$version" --show-depends "$name" \
    2>/dev/null) || die "kernel $version has no module '$name'"
  while read -r kind path _; do
    if [[ $kind != insmod ]]; then continue; fi
    target=$(basename "${path%.ko*}").ko
    if compgen -G "$tree/vm/modules/*-$target" >/dev/null; then continue; fi
    order=$(find "$tree/vm/modules" -type f | wc -l)
    target=$tree/vm/modules/$(printf '%03d' "$order")-$target
    case $path in
      *.xz) need xz xz-utils && xz -dc "$path" >"$target" ;;
      *.zst) need zstd zstd && zstd -qdc "$path" >"$target" ;;
      *.gz) gzip -dc "$path" >"$target" ;;
      *) cp "$path" "$target" ;;
    esac
  done <<<"$plan"
}

# add_command TREE COMMAND ARGS…: as a script, every word quoted for a POSIX shell.
add_command() {
  local tree=$1 word
  shift
  {
    printf 'exec'
    for word in "$@"; do printf " '%s'" "${word//\'/\'\\\'\'}"; done
    printf '\n'
  } >"$tree/vm/command"
}

# pack_initramfs TREE FILE: uncompressed, since emulated decompression costs more than it saves.
pack_initramfs() { (cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0 >"$2"); }
