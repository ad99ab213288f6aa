#!/usr/bin/env bash
# clang-tidy, and with it clang itself, over userspace/; with --all over the tests too.
# Only parses: what clang would compile it to is what preset clang builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rooms=(userspace)
[[ ${1:-} != --all ]] || rooms+=(tests)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The generated headers must be there: the BPF skeletons.
if ! { cmake --preset clang -DHOODTRACE_TESTS=ON && cmake --build --preset clang --target generated; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  exit 1
fi
# Those that are compiled here: a fuzz target, say, is not in every build.
mapfile -t files < <(
  find "${rooms[@]}" -name '*.cpp' | sort | while read -r file; do
    if grep -qF "\"file\": \"$PWD/$file\"" build/clang/compile_commands.json; then echo "$file"; fi
  done
)
echo "clang-tidy over ${#files[@]} files"
# One process per file and CPU; a file's findings in one piece, without the count of what was hidden.
# shellcheck disable=SC2016  # expanded by the inner shell
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 bash -c '
  out=$(clang-tidy -p build/clang --quiet "$1" 2>/dev/null) && exit 0
  printf "%s\n" "$out"
  exit 1' tidy
