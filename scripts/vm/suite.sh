#!/bin/sh
# The live suite of one machine: every family, one command each. Runs in the guest, and on
# the host for the matrix row "host". `suite.sh list` prints the families, `suite.sh KERNEL`
# runs them; each ends with one line
#   == FAMILY: pass|refused|fail SECONDS [REASON]
# Commands must be harmless to the machine itself, for the row "host" runs them there as root:
# what belongs into a guest only is for tests/vm, by way of `vm.sh run`.
# Exit code 3 of a command means "not supported here", and its last line says why.

# family | kernels that may refuse it ("-": none) | command
suite() {
  sed 's/ *| */|/1; s/ *| */|/2' <<'TABLE'
doctor | 5.10 | hoodtrace doctor
sched  | 5.10 | hoodtrace sched -- sh -c 'i=0; while [ $i -lt 50 ]; do /bin/true; i=$((i+1)); done'
TABLE
}

# now_ds: tenths of seconds since boot.
now_ds() { awk '{ print int($1 * 10) }' /proc/uptime; }

run_family() { # KERNEL FAMILY MAY_REFUSE COMMAND
  echo "== $2"
  begin=$(now_ds)
  sh -c "$4" >"$out" 2>&1 </dev/null
  code=$?
  tenths=$(($(now_ds) - begin))
  cat "$out"
  reason=
  case $code in
    0) verdict=pass ;;
    3)
      verdict=fail
      case ",$3," in *",$1,"*) verdict=refused ;; esac
      reason=$(tail -n 1 "$out")
      ;;
    *) verdict=fail reason="exit code $code: $(tail -n 1 "$out")" ;;
  esac
  echo "== $2: $verdict $((tenths / 10)).$((tenths % 10)) $reason"
}

if [ "${1:?usage: suite.sh list|KERNEL}" = list ]; then
  suite | sed 's/|.*//'
  exit
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
suite | while IFS='|' read -r family refusers command; do
  run_family "$1" "$family" "$refusers" "$command"
done
