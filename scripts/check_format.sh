#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares C++ with what clang-format makes of it; --fix writes that instead.
# Versions of clang-format disagree about the same style: one version decides, others skip (exit 77).
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
readonly version=14 # Debian 12's

for program in "clang-format-$version" clang-format; do
  if "$program" --version 2>/dev/null | grep -q "version $version\."; then
    mapfile -t files < <(find userspace tests -name '*.cpp' -o -name '*.hpp' | sort)
    if [[ ${1:-} == --fix ]]; then exec "$program" -i "${files[@]}"; fi
    exec "$program" --dry-run -Werror "${files[@]}"
  fi
done
echo "cannot run here: no clang-format $version (here: $(clang-format --version 2>/dev/null || echo none))"
exit 77
