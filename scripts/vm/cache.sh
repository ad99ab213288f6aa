# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# The cache of unpacked packages: $cache/ARCH/NAME/root, with the package's name and
# version in the file beside it. One lock: writers exclude everyone, runs share it while
# they copy from it.

cached_dir() { printf '%s/%s/%s' "$cache" "$2" "$1"; }
is_cached() { [[ -f $(cached_dir "$1" "$2")/package ]]; }
cached_package() { cat "$(cached_dir "$1" "$2")/package"; }

# cached_file NAME ARCH GLOB: the first regular file with such a name, outside of usr/share.
cached_file() {
  find "$(cached_dir "$1" "$2")/root" -path '*/usr/share' -prune -o -type f -name "$3" -print |
    head -n 1
}

cache_lock() { # shared|exclusive
  mkdir -p "$cache"
  exec 9>>"$cache/lock"
  flock "--$1" 9
}
cache_unlock() { exec 9>&-; }

# ensure_cached ARCH NAME…: fetches what is missing.
ensure_cached() {
  local arch=$1 name missing=()
  shift
  for name in "$@"; do is_cached "$name" "$arch" || missing+=("$name"); done
  if ((${#missing[@]} > 0)); then fetch_into_cache "$arch" keep "${missing[@]}"; fi
}

# fetch_into_cache ARCH keep|refresh NAME…
fetch_into_cache() {
  local arch=$1 mode=$2 name package suites
  shift 2
  need apt-get apt dpkg-deb dpkg flock util-linux depmod kmod
  cache_lock exclusive
  mapfile -t suites < <(for name in "$@"; do suites_of "$name" | tr , '\n'; done | sort -u)
  apt_update "$arch" "${suites[@]}"
  for name in "$@"; do
    if [[ $mode == keep ]] && is_cached "$name" "$arch"; then continue; fi # another run was faster
    package=$(apt_newest "$arch" "$(package_pattern "$name" "$arch")") ||
      skip "no kernel $name for $arch in the suites of the mirror that are up to date ($(suites_of "$name"))"
    unpack_into_cache "$arch" "$name" "$package"
  done
  cache_unlock
}

# unpack_into_cache ARCH NAME PACKAGE: complete or not at all, by renaming at the end.
unpack_into_cache() {
  local arch=$1 name=$2 package=$3 final new pieces deb version=
  final=$(cached_dir "$name" "$arch")
  new=$final.new
  rm -rf "$new"
  mkdir -p "$new/debs" "$new/root"
  mapfile -t pieces < <(apt_pieces "$arch" "$package")
  (cd "$new/debs" && apt_quietly "$arch" download "${pieces[@]}")
  for deb in "$new"/debs/*.deb; do
    dpkg-deb -x "$deb" "$new/root"
    version=$(dpkg-deb -f "$deb" Version)
  done
  rm -r "$new/debs"
  if [[ ! -e $new/root/lib ]]; then ln -s usr/lib "$new/root/lib"; fi
  if [[ -d $new/root/lib/modules ]]; then depmod -b "$new/root" "$(ls "$new/root/lib/modules")"; fi
  printf '%s %s\n' "$package" "$version" >"$new/package"
  rm -rf "$final"
  mv -T "$new" "$final"
  note "fetched $package $version"
}

cmd_fetch() {
  local arch mode=keep names=()
  arch=$(host_arch)
  while (($# > 0)); do
    case $1 in
      --arch) (($# > 1)) || bad_usage "--arch needs a value"; arch=$2 && shift ;;
      --refresh) mode=refresh ;;
      -*) bad_usage "unknown option '$1'" ;;
      *) check_kernel "$1" && names+=("$1") ;;
    esac
    shift
  done
  check_arch "$arch"
  if ((${#names[@]} == 0)); then mapfile -t names < <(kernel_names); fi
  if [[ $mode == keep ]]; then
    ensure_cached "$arch" busybox "${names[@]}"
  else
    fetch_into_cache "$arch" refresh busybox "${names[@]}"
  fi
  local name
  for name in "${names[@]}"; do printf '%s %s\n' "$name" "$(cached_package "$name" "$arch")"; done
}
