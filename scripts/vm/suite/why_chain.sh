# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# "first" waits for "middle", which waits for "last", which sleeps: with --chain 2 the second level is below
# the first, and the scenes' threads add up. --chain traces whoever is waited for, so in a guest only.
# where: guest
. "${0%/*}/report.sh"
scenes=/hoodtrace/tests/support/why_scenes
[ -x "$scenes" ] || { echo "this build has no why_scenes" && exit 77; }
truth=$(mktemp)
hoodtrace why --chain 2 --all -o "$report" -- "$scenes" chain ms=400 >"$truth" 2>"$errors" ||
  { code=$? && cat "$errors" && exit "$code"; }
rm -f "$truth"
cat "$report"
# The block of the thread "first", to the next empty line.
first=$(sed -n '/^first (/,/^$/p' "$report")
echo "$first" | grep -q 'held by middle' || fail "first does not wait for middle"
echo "$first" | grep -q 'it waited for last .* which was: waiting for work (clock_nanosleep)' ||
  fail "what last did is missing"
grep -q 'kernel accounting: on CPU equal, waiting equal' "$report" || fail "the sums differ"

# The same through three processes of which only the first is traced: it reads from the second, which
# reads from the third, which sleeps.
folder=$(mktemp -d)
mkfifo "$folder/near" "$folder/far"
sh -c 'exec 3>"$1/far"; sleep 3; echo x >&3' third "$folder" &
sh -c 'exec 3>"$1/near"; read -r x <"$1/far"; echo x >&3' second "$folder" &
hoodtrace why --chain 2 --all -o "$report" -- sh -c 'read -r x <"$1/near"' sh "$folder" 2>"$errors" ||
  { code=$? && cat "$errors" && exit "$code"; }
wait
cat "$report"
grep -q 'FIFO .*/near, ended by' "$report" || fail "the FIFO is not named"
grep -q 'it waited for .*, which was: end of a child' "$report" || fail "what the third process did is missing"
rm -r "$folder"
