#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the Debian package and a tarball in a clean chroot: sudo scripts/package.sh [SUITE]
#   SUITE   of Debian (bookworm: what is built there runs on newer releases too)
#   --here  on this machine, without a chroot
# Leaves hoodtrace_*.deb, hoodtrace-dbgsym_*.deb, hoodtrace-*.tar.xz and SHA256SUMS in build/package.
# lintian has to find nothing.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/package.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
# shellcheck source=scripts/packages.sh
source scripts/packages.sh
# shellcheck source=scripts/build.sh
source scripts/build.sh

# What runs where the package is built, in a copy of the tree in /build/hoodtrace.
build_in_place() {
  local jobs=$1
  export DEB_BUILD_OPTIONS="parallel=$jobs nocheck" LC_ALL=C.UTF-8
  dpkg-buildpackage --build=binary --unsigned-changes --unsigned-source
  lintian --fail-on error,warning --tag-display-limit 0 --info ../*.changes
  # The same objects again, as a tarball.
  cpack --config obj-*/CPackConfig.cmake -B "$PWD/../cpack"
  mkdir ../out
  mv ../*.deb ../*.changes ../*.buildinfo ../cpack/*.tar.xz ../out/
  (cd ../out && sha256sum -- *.deb *.tar.xz >SHA256SUMS)
}

copy_of_tree() { tar --create --exclude=./build --exclude=./.cache --exclude=./.git --exclude='./obj-*' .; }

commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || true)
out=$root/build/package
rm -rf "$out"
mkdir -p "$out"
case ${1:-bookworm} in
  --here)
    scripts/setup.sh package
    place=$(mktemp -d --tmpdir hoodtrace-package.XXXXXX)
    trap 'rm -rf "$place"' EXIT
    mkdir "$place/hoodtrace"
    copy_of_tree | tar --extract --directory "$place/hoodtrace"
    (cd "$place/hoodtrace" && HOODTRACE_COMMIT=$commit build_in_place "$(build_jobs)")
    cp "$place"/out/* "$out/"
    ;;
  -*) bad_usage "no option '$1'" ;;
  *)
    suite=${1:-bookworm}
    command -v mmdebstrap >/dev/null ||
      { echo "package: mmdebstrap is missing: apt-get install mmdebstrap" >&2 && exit 1; }
    included=$(IFS=, && echo "${packages_package[*]}")
    script=$(mktemp)
    trap 'rm -f "$script" "$script.tar"' EXIT
    # shellcheck disable=SC2016 # expanded in the chroot
    {
      declare -f build_in_place
      printf 'set -euo pipefail; export HOODTRACE_COMMIT=%q\n' "$commit"
      printf 'cd /build/hoodtrace; build_in_place %s\n' "$(build_jobs)"
    } >"$script"
    copy_of_tree >"$script.tar"
    # What a hook prints goes to standard error.
    mmdebstrap --quiet --variant=buildd --include="$included" --aptopt='Acquire::Languages "none"' \
      --customize-hook='mkdir -p "$1"/build/hoodtrace' \
      --customize-hook="tar-in $script.tar /build/hoodtrace" \
      --customize-hook="copy-in $script /build" \
      --customize-hook="chroot \"\$1\" bash /build/${script##*/} >&2" \
      --customize-hook="sync-out /build/out $out" \
      "$suite" /dev/null "${HOODTRACE_MIRROR:-http://deb.debian.org/debian}"
    ;;
esac
echo "package: in build/package:"
ls -l "$out"
