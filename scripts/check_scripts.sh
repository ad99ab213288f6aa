#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs shellcheck over every shell script.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
mapfile -t files < <(find scripts tests .ci -type f \( -name '*.sh' -o -path '.ci/run' \) | sort)
shellcheck -x -S warning -P SCRIPTDIR "${files[@]}"
