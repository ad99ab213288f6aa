#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a release: sudo scripts/release.sh VERSION, such as 0.2.0
# Writes the version and the changelog's section (one line per commit since the last tag), runs every
# test, builds the packages, and leaves them with the source tarball and SHA256SUMS in build/release-VERSION.
# It commits and tags nothing: it prints the commands.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/release.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"

version=${1:-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || bad_usage "a version such as 0.2.0 is needed"
command -v git >/dev/null || { echo "release: needs git" >&2 && exit 1; }
if [[ -n $(git status --porcelain) ]]; then
  echo "release: the tree has changes that are not committed: git status" >&2
  exit 1
fi
if git rev-parse -q --verify "refs/tags/v$version" >/dev/null; then
  echo "release: there is a tag v$version already" >&2
  exit 1
fi

last=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)
section=$(mktemp)
trap 'rm -f "$section"' EXIT
{
  printf 'hoodtrace (%s) unstable; urgency=medium\n\n' "$version"
  if [[ -z $last ]]; then
    printf '  * First release.\n'
  else
    git log --reverse --no-merges --format='%s' "$last.." | while read -r subject; do
      fold -s -w 72 <<<"$subject" | sed -E 's/ +$//; 1s/^/  * /; 2,$s/^/    /'
    done
  fi
  printf '\n -- %s  %s\n\n' "$(git log -1 --format='%an <%ae>')" "$(date -R)"
} >"$section"
# The first section of all, of a version that was never released, is replaced.
if [[ -n $last ]]; then cat debian/changelog >>"$section"; fi
cp "$section" debian/changelog
# What scripts and old recordings have to know (CHANGELOG.md) is written with the changes themselves.
sed -i "s/^## Unreleased\$/## Unreleased\n\n## $version, $(date +%F)/" CHANGELOG.md
sed -i -E "s/^(project\(hoodtrace VERSION )[0-9.]+/\1$version/" CMakeLists.txt

.ci/run
scripts/package.sh
out=build/release-$version
rm -rf "$out"
mkdir -p "$out"
cp build/package/* "$out/"
tar --create --xz --sort=name --owner=0 --group=0 --mtime="@$(git log -1 --format=%ct)" \
  --transform="s,^\.,hoodtrace-$version," --exclude=./build --exclude=./.cache --exclude=./.git \
  --file "$out/hoodtrace-$version.tar.xz" .
(cd "$out" && rm -f SHA256SUMS && sha256sum -- * >SHA256SUMS)
ls -l "$out"
echo "release: to publish: git commit -a -m 'release: $version' && git tag -a v$version -m $version"
