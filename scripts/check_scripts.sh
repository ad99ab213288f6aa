#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every shell script as the linter wants it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t files < <(find scripts tests .ci -type f \( -name '*.sh' -o -path '.ci/run' \) | sort)
shellcheck -x -S warning -P SCRIPTDIR "${files[@]}"
