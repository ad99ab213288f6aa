#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Lets the members of the group hoodtrace trace without sudo: the program gets file capabilities, and
# other users cannot start it. A member sees the arguments and file names of every process of the machine.
#   grant-group         makes the group if there is none, then: adduser USER hoodtrace
#   grant-group --undo  all users may start it again, without capabilities
#   grant-group --again as the package does after an update, if it was granted before
set -eu
PATH=$PATH:/usr/sbin:/sbin

group=hoodtrace
program=$(readlink -f "$0")
program=${program%/libexec/*}/bin/hoodtrace
caps=cap_bpf,cap_perfmon,cap_dac_read_search,cap_sys_nice+ep

case ${1:-} in
  -h | --help) sed -n '3,8s/^# \{0,1\}//p' "$0" && exit 0 ;;
  '' | --undo | --again) ;;
  *) echo "grant-group: no option '$1'; see: $0 --help" >&2 && exit 2 ;;
esac
if [ "$(id -u)" -ne 0 ]; then
  echo "grant-group: changes $program; run it with sudo" >&2
  exit 1
fi
is_granted() { [ "$(stat -c %G "$program")" = "$group" ]; }
has_overrides() { command -v dpkg-statoverride >/dev/null && dpkg -S "$program" >/dev/null 2>&1; }

if [ "${1:-}" = --again ] && ! is_granted; then exit 0; fi
if [ "${1:-}" = --undo ]; then
  setcap -r "$program" 2>/dev/null || true
  if has_overrides; then dpkg-statoverride --force-all --quiet --remove "$program" || true; fi
  chown root:root "$program"
  chmod 755 "$program"
  echo "grant-group: only root traces with $program again; the group $group stays: groupdel $group"
  exit 0
fi
command -v setcap >/dev/null || {
  echo "grant-group: setcap is missing: apt-get install libcap2-bin" >&2
  exit 1
}
getent group "$group" >/dev/null || groupadd --system "$group"
# The package keeps owner and mode over updates.
if has_overrides && ! dpkg-statoverride --list "$program" >/dev/null; then
  dpkg-statoverride --update --add root "$group" 750 "$program"
fi
chown "root:$group" "$program"
chmod 750 "$program"
setcap "$caps" "$program"
[ "${1:-}" = --again ] || echo "grant-group: members of $group may trace; add one: adduser USER $group"
