#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the fuzzers and runs them side by side: scripts/fuzz.sh [SECONDS]
# The seeds are made by write_seeds for the present format and ABI. Inputs that the fuzzers find are removed,
# except one that crashes: it is kept and named.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
seconds=${1:-60}
names=(decode file)
# shellcheck source=scripts/build.sh
source scripts/build.sh
# The objects of the sanitized tests: after these only the fuzzers themselves are to be built.
build sanitize "--target" write_seeds "${names[@]/%/_fuzz}"
fuzzers=build/sanitize/tests/fuzz
found=$(mktemp -d)
"$fuzzers/write_seeds" "$found/seeds"

fuzz() {
  mkdir "$found/$1"
  "$fuzzers/$1_fuzz" "$found/$1" "$found/seeds/$1" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -artifact_prefix="$found/$1-" \
    >"$found/$1.log" 2>&1
}

echo "fuzz: ${names[*]}, for $seconds s"
declare -A pids
for name in "${names[@]}"; do
  fuzz "$name" &
  pids[$name]=$!
done
failed=
for name in "${names[@]}"; do
  if wait "${pids[$name]}"; then
    echo "fuzz: $name: $(sed -n 's/^Done //p' "$found/$name.log")"
  else
    tail -n 60 "$found/$name.log" >&2
    echo "fuzz: ${name}_fuzz failed; the input is $(ls "$found/$name"-* 2>/dev/null)" >&2
    failed=1
  fi
done
[[ -z $failed ]] || exit 1
rm -rf "$found"
