#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Preset core must not even look for the BPF tools. (That the code builds without them is what
# preset sanitize shows: it is core with sanitizers.)
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if ! cmake --preset core -B "$dir" >"$dir/log" 2>&1; then
  cat "$dir/log" >&2
  exit 1
fi
if grep -iE '^(bpftool|bpf_clang|libbpf)' "$dir/CMakeCache.txt" >&2; then
  echo "preset core looks for BPF tools" >&2
  exit 1
fi
