# shellcheck shell=dash
# Every page fault, by each way of seeing them that this kernel has: as many as the kernel counted,
# and the kinds do not depend on the way.
. "${0%/*}/report.sh"

# kind NAME: how many of a kind, all tasks taken together.
kind() {
  sed 's/"mappings":.*//' "$report" | tr '{' '\n' | grep -A1 "\"$1\":\$" |
    sed -n 's/^"count":\([0-9]*\),.*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

# near NAME A B: within a twentieth and five; the pages of a shell's stack differ from run to run.
near() {
  echo "$1: $2, $3"
  awk -v a="$2" -v b="$3" 'BEGIN { d = a > b ? a - b : b - a; exit !(d * 20 <= a + 100) }' ||
    fail "$1: $2 one way, $3 the other"
}

before=
for tier in auto base events; do
  echo "tier $tier"
  report_of faults --cow --tier "$tier" --format json -- sh -c "$(spawn 30)"
  nothing_lost
  is "faults against the kernel's books" "$(audit kernel_faults)" \
    "$(($(audit seen) + $(audit gup)))"
  [ "$(kind cow_copy)" -gt 30 ] || fail "no copies: $(kind cow_copy)"
  grep -q '"forks":\[{' "$report" || fail "no forks"
  if [ -n "$before" ]; then
    near "copies" "$copies" "$(kind cow_copy)"
    near "faults" "$before" "$(audit seen)"
  fi
  copies=$(kind cow_copy) before=$(audit seen)
done
