#!/bin/sh
# The live suite of one machine: every family, one script of suite/ each. Runs in the guest, and
# on the host for the matrix row "host". `suite.sh list` prints the families, `suite.sh KERNEL
# [FAMILY]` runs them; each ends with one line
#   == FAMILY: pass|refused|skipped|fail SECONDS [REASON]
# Exit code 3 of a family means "not supported here", and its last line says why.

here=${0%/*}

# family | where: any machine, or only in a guest, for it sees or changes more than its own
#        | kernels that may refuse it
suite() {
  sed 's/ *| */|/g' <<'TABLE'
doctor   | any   | 5.10
sched    | any   | 5.10
whole    | guest | 5.10
fallback | any   | 5.10
filters  | any   | 5.10
replay   | any   | 5.10
procs    | any   | 5.10
cache    | guest | 5.10
faults   | any   | 5.10
TABLE
}

# now_ds: tenths of seconds since boot.
now_ds() { awk '{ print int($1 * 10) }' /proc/uptime; }

run_family() { # KERNEL FAMILY WHERE MAY_REFUSE
  echo "== $2"
  if [ "$1" = host ] && [ "$3" = guest ]; then
    echo "== $2: skipped - only in a guest"
    return
  fi
  begin=$(now_ds)
  sh "$here/suite/$2.sh" >"$out" 2>&1 </dev/null
  code=$?
  tenths=$(($(now_ds) - begin))
  cat "$out"
  reason=
  case $code in
    0) verdict=pass ;;
    3)
      verdict=fail
      case ",$4," in *",$1,"*) verdict=refused ;; esac
      reason=$(tail -n 1 "$out")
      ;;
    *) verdict=fail reason="exit code $code: $(tail -n 1 "$out")" ;;
  esac
  # On a kernel that may refuse, anything but a refusal would be news: it is shown as it is.
  echo "== $2: $verdict $((tenths / 10)).$((tenths % 10)) $reason"
}

if [ "${1:?usage: suite.sh list|KERNEL [FAMILY]}" = list ]; then
  suite | sed 's/|.*//'
  exit
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
suite | while IFS='|' read -r family where refusers; do
  [ "${2:-$family}" != "$family" ] || run_family "$1" "$family" "$where" "$refusers"
done
