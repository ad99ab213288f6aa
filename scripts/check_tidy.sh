#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clang-tidy, and with it clang itself, over userspace/ and tests/; or over the folders named.
# Only parses: what clang would compile it to is what preset clang builds.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The generated headers must be there: the BPF skeletons.
if ! { cmake --preset clang -DHOODTRACE_TESTS=ON && cmake --build --preset clang --target generated; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  exit 1
fi
exec scripts/check_tidy.py build/clang "$@"
