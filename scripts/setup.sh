#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what building, running or testing hoodtrace needs: scripts/setup.sh [run|test]
# Asks apt only for what is missing, so the second time it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/packages.sh
source scripts/packages.sh

what=${1:-run}
case $what in
  run) packages=("${packages_run[@]}") ;;
  test) packages=("${packages_test[@]}") ;;
  *)
    echo "setup: usage: scripts/setup.sh [run|test]" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "setup: this is not a Debian system (no apt-get); install the like of: ${packages[*]}" >&2
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
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1
}
# The package lists may be missing or old: refresh them then.
if ! install; then
  if ! apt-get update -qq </dev/null >"$log" 2>&1 || ! install; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get could not install the packages; see above" >&2
    exit 1
  fi
fi
