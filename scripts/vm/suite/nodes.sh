# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A shell that is sent to and fro between two CPUs of one NUMA node, then of two, each with a cache of its own:
# each move is counted for its reason, and as one to another cache and node where it is one.
# boot: --smp 4 --nodes 2
# where: guest
. "${0%/*}/report.sh"
[ "$(cat /sys/devices/system/node/online)" = 0-1 ] || fail "the guest has no two nodes"
taskset -p 1 $$ >/dev/null || fail "no taskset"
# of REASON KEY
of() {
  sed -n 's/.*"migrations":\[\([^]]*\)\].*/\1/p' "$report" | tr '}' '\n' | grep "\"reason\":\"$1\"" |
    sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}
# moved MASKS: 20 times to the CPUs of each of two masks in turn.
moved() {
  # shellcheck disable=SC2016 # the traced shell expands it
  hoodtrace sched --by cpu -o "$report" --format json -- sh -c '
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      for mask in '"$1"'; do taskset -p $mask $$ >/dev/null; done
    done' 2>"$errors" || { code=$? && cat "$errors" && exit "$code"; }
  echo "masks $1: $(of affinity count) moves for affinity," \
    "$(of affinity other_cache) to another cache, $(of affinity other_node) to another node"
  [ "$(of affinity count)" = 40 ] || fail "40 moves were ordered"
}
moved "2 1"
[ "$(of affinity other_node)" = 0 ] || fail "none was to the other node"
[ "$(of affinity other_cache)" = 0 ] || fail "none was to the other cache"
moved "4 1"
[ "$(of affinity other_node)" = 40 ] || fail "each was to the other node"
[ "$(of affinity other_cache)" = 40 ] || fail "each was to the other cache"
