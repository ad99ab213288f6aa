#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# C++ is as clang-format has it; --fix makes it so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t files < <(find userspace tests -name '*.cpp' -o -name '*.hpp' | sort)
if [[ ${1:-} == --fix ]]; then
  clang-format -i "${files[@]}"
else
  clang-format --dry-run -Werror "${files[@]}"
fi
