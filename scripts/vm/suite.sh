#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The live suite of one machine: every case is one script in suite/. Runs in the guest, and on
# the host for the matrix column "host".
#   suite.sh list                    the cases: NAME TAB BOOT-OPTIONS of their guest TAB "yes" if long
#                                    TAB "yes" if only on request
#   suite.sh run KERNEL CASE...    runs them; each ends with one line
#     == CASE: pass|refused|skipped|fail SECONDS [REASON]
# A case's script says in comments what it needs (all may be left out):
#   # where: guest           only in a guest, because it traces or changes more than its own processes
#   # boot: OPTIONS          a guest of its own, with these options of `vm.sh run`
#   # refused-by: KERNEL...  kernels that lack what it needs
#   # long: yes              takes minutes: not with --quick
#   # on-request: yes        only with --only
# Its exit code 3 means "not supported here", 77 "skipped"; its last line says why.

here=${0%/*}
below_floor=5.10 # refuses everything

said_in() { sed -n "s/^# $2: //p" "$here/suite/$1.sh"; }

list() {
  for script in "$here"/suite/*.sh; do
    name=${script##*/}
    name=${name%.sh}
    [ "$name" = report ] || printf '%s\t%s\t%s\t%s\n' "$name" \
      "$(said_in "$name" boot)" "$(said_in "$name" long)" "$(said_in "$name" on-request)"
  done
}

# now_ds: tenths of seconds since boot.
now_ds() { awk '{ print int($1 * 10) }' /proc/uptime; }

may_refuse() { # KERNEL CASE
  case " $below_floor $(said_in "$2" refused-by) " in *" $1 "*) return 0 ;; esac
  return 1
}

run_case() { # KERNEL CASE
  echo "== $2"
  if [ "$1" = host ] && [ "$(said_in "$2" where)$(said_in "$2" boot)" != "" ]; then
    echo "== $2: skipped - only in a guest"
    return
  fi
  begin=$(now_ds)
  limit=120
  [ "$(said_in "$2" long)" = "" ] || limit=900
  timeout -s KILL "$limit" sh "$here/suite/$2.sh" >"$out" 2>&1 </dev/null
  code=$?
  [ "$code" != 137 ] || echo "killed after $limit s" >>"$out"
  tenths=$(($(now_ds) - begin))
  cat "$out"
  reason=$(tail -n 1 "$out")
  case $code in
    0) verdict=pass reason= ;;
    3) if may_refuse "$1" "$2"; then verdict=refused; else verdict=fail; fi ;;
    77) verdict=skipped ;;
    *) verdict=fail reason="exit code $code: $reason" ;;
  esac
  # On a kernel that may refuse, anything but a refusal would be news: it is shown as it is.
  echo "== $2: $verdict $((tenths / 10)).$((tenths % 10)) $reason"
}

case ${1:-} in
  list) list ;;
  run)
    kernel=$2
    shift 2
    out=$(mktemp)
    trap 'rm -f "$out"' EXIT
    for name in "$@"; do run_case "$kernel" "$name"; done
    ;;
  *)
    echo "usage: suite.sh list | run KERNEL CASE..." >&2
    exit 2
    ;;
esac
