#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that hoodtrace needs: scripts/setup.sh [run|test|package]
#   run      to build and run (the default)
#   test     to run every test and check too
#   package  to build the Debian package
# Asks apt only for what is missing: the second time it does nothing.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/setup.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
# shellcheck source=scripts/packages.sh
source "$root/scripts/packages.sh"

case ${1:-run} in
  run) packages=("${packages_run[@]}") ;;
  test) packages=("${packages_test[@]}") ;;
  package) packages=("${packages_package[@]}") ;;
  *) bad_usage "no step '$1'" ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "setup: this is not a Debian system (no apt-get); install the equivalents of: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID != 0)); then
  echo "setup: must install ${missing[*]}; run this with sudo" >&2
  exit 1
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# apt ARGUMENTS...: apt-get; waits up to ten minutes while another apt holds a lock.
apt() {
  local until=$((SECONDS + 600)) waiting=
  while :; do
    apt-get -qq -o DPkg::Lock::Timeout=600 "$@" </dev/null >"$log" 2>&1 && return
    grep -qE '(Could not get|Unable to acquire|Unable to lock).*lock|Unable to lock' "$log" || return
    ((SECONDS < until)) || return
    [[ -n $waiting ]] || echo "setup: another apt holds its lock; waiting up to 10 minutes"
    waiting=1
    sleep 2
  done
}

install() { apt install -y --no-install-recommends "${missing[@]}"; }

# The package lists may be missing or old: they are refreshed then.
if ! install; then
  if ! apt update || ! install; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get could not install the packages; see above" >&2
    exit 1
  fi
fi
