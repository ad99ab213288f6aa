#!/usr/bin/env bash
# Builds the fuzzers and runs each of them: scripts/fuzz.sh [SECONDS]
# From seeds that write_seeds makes of this very format and ABI; what is found beyond them goes, unless it crashes: then the
# input is kept, and named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-30}
# shellcheck source=scripts/build.sh
source scripts/build.sh
build fuzz
found=$(mktemp -d)
build/fuzz/tests/fuzz/write_seeds "$found/seeds"
for name in decode file; do
  mkdir "$found/$name"
  echo "fuzz: $name for $seconds s"
  if ! "build/fuzz/tests/fuzz/${name}_fuzz" "$found/$name" "$found/seeds/$name" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$found/$name-" >"$found/$name.log" 2>&1; then
    tail -n 60 "$found/$name.log" >&2
    echo "fuzz: ${name}_fuzz failed; the input is $(ls "$found/$name"-* 2>/dev/null)" >&2
    exit 1
  fi
  grep -E 'number_of_executed_units|average_exec_per_sec' "$found/$name.log"
done
rm -rf "$found"
