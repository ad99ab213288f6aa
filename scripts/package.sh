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
    place=$(mktemp -d --tmpdir hoodtrace-package.XXXXXX)
    builder=
    # Whoever ends this script ends the build, and no mount of it stays.
    # shellcheck disable=SC2317 # called by the trap
    end_build() {
      # unshare(1) ignores other signals while its child runs, which --kill-child then ends.
      if [[ -n $builder ]] && kill -KILL "$builder" 2>/dev/null; then wait "$builder" 2>/dev/null || true; fi
      rm -rf --one-file-system "$place"
    }
    trap end_build EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    chmod 755 "$place" # apt's own user reads in there
    # shellcheck disable=SC2016 # expanded in the chroot
    {
      declare -f build_in_place
      printf 'set -euo pipefail; export HOODTRACE_COMMIT=%q\n' "$commit"
      printf 'cd /build/hoodtrace; build_in_place %s\n' "$(build_jobs)"
    } >"$place/build.sh"
    copy_of_tree >"$place/tree.tar"
    alone=()
    if unshare --mount --pid --fork true 2>/dev/null; then
      alone=(unshare --mount --pid --fork --kill-child --mount-proc)
    fi
    # What a hook prints goes to standard error.
    TMPDIR=$place "${alone[@]}" mmdebstrap --quiet --variant=buildd --include="$included" \
      --aptopt='Acquire::Languages "none"' \
      --customize-hook='mkdir -p "$1"/build/hoodtrace' \
      --customize-hook="tar-in $place/tree.tar /build/hoodtrace" \
      --customize-hook="copy-in $place/build.sh /build" \
      --customize-hook='chroot "$1" bash /build/build.sh >&2' \
      --customize-hook="sync-out /build/out $out" \
      "$suite" /dev/null "${HOODTRACE_MIRROR:-http://deb.debian.org/debian}" &
    builder=$!
    wait "$builder"
    builder=
    ;;
esac
echo "package: in build/package:"
ls -l "$out"
