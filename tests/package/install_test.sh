#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the built package in a fresh system of each SUITE, uses it there, purges it, and looks at what
# stays behind: tests/package/install_test.sh [SUITE...]     (default: bookworm trixie)
# Needs the package in build/package (scripts/package.sh). Exit 77: it cannot run here.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd -P)
package=$(find "$root/build/package" -maxdepth 1 -name 'hoodtrace_*.deb' 2>/dev/null | head -n 1)
[[ -n $package ]] || { echo "cannot run here: no package in build/package" && exit 77; }
command -v mmdebstrap >/dev/null || { echo "cannot run here: no mmdebstrap" && exit 77; }
unshare --mount true 2>/dev/null || { echo "cannot run here: no mount namespace" && exit 77; }
place=$(mktemp -d --tmpdir hoodtrace-install.XXXXXX)
trap 'rm -rf --one-file-system "$place"' EXIT
chmod 755 "$place"

# What runs in the fresh system.
cat >"$place/in.sh" <<'END'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
files() { find / -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o -name '*hoodtrace*' -print | grep -v '^/in/' | sort; }
fail() { echo "FAIL $1" >&2 && exit 1; }
apt-get -qq update >/dev/null
apt-get -qq install -y --no-install-recommends /in/hoodtrace.deb >/in/log 2>&1 || { tail -n 20 /in/log && fail "it does not install"; }
echo "   installed: $(dpkg-query -W -f '${Version}, ${Installed-Size} KiB' hoodtrace)"
hoodtrace --version >/dev/null || fail "the program does not start"
size=$(stat -c %s /usr/bin/hoodtrace)
echo "   the program: $size bytes"
((size <= 4 << 20)) || fail "the program is larger than 4 MiB"
hoodtrace sched --format json -o /in/report -- sh -c 'sleep 0.1; sleep 0.1' || fail "it does not trace"
grep -q '"comm": *"sleep"' /in/report || fail "its report lacks the command's processes"
[[ -s /usr/share/bash-completion/completions/hoodtrace ]] || fail "no completion for bash"
# Every file that a unit's Documentation= names, but those that exist only on the page of a forge.
for unit in /usr/lib/systemd/system/hoodtrace*.service /lib/systemd/system/hoodtrace*.service; do
  [[ -f $unit ]] || continue
  for file in $(sed -n 's/^Documentation=//p' "$unit" | tr ' ' '\n' | sed -n 's,^file:\(//\)\?,,p'); do
    [[ -e $file || -e $file.gz ]] || fail "$unit documents $file, which is not there"
  done
done
apt-get -qq purge -y hoodtrace >/dev/null 2>&1 || fail "it cannot be purged"
left=$(files | grep -v '^/var/log/' || true)
[[ -z $left ]] || fail "left behind: $left"
END

(($#)) || set -- bookworm trixie
for suite; do
  echo "== $suite"
  system=$place/$suite
  # What it prints is shown only when it fails.
  mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt='Acquire::Languages "none"' "$suite" "$system" \
    "${HOODTRACE_MIRROR:-http://deb.debian.org/debian}" >"$place/log" 2>&1 || { tail -n 20 "$place/log" && exit 1; }
  mkdir "$system/in"
  cp "$place/in.sh" "$system/in/"
  cp "$package" "$system/in/hoodtrace.deb"
  cp /etc/resolv.conf "$system/etc/"
  # shellcheck disable=SC2016 # expanded in there
  unshare --mount --pid --fork --kill-child --propagation private bash -c '
    set -e
    cd "$1"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    exec chroot . bash /in/in.sh' _ "$system"
done
echo "ok"
