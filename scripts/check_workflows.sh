#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Checks the workflow files of public forges against the schema of such files, and the shell steps in them
# with shellcheck. Exits with 77 without action-validator, which scripts/npm_tools.sh installs.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"
cd "$root"
PATH=$root/.cache/npm/bin:$PATH
if ! command -v action-validator >/dev/null; then
  echo "cannot run here: no action-validator"
  exit 77
fi
for file in .github/workflows/*.yml; do
  action-validator "$file"
  # The steps that are one line, or a block that is indented below "run: |".
  steps=$(awk '
    match($0, /^ *(- )?run: /) {
      depth = RLENGTH - 5
      rest = substr($0, RLENGTH + 1)
      if (rest != "|") print rest
      block = rest == "|"
      next
    }
    block && (match($0, /^ */) && RLENGTH < depth && NF) { block = 0 }
    block { print }' "$file" | sed 's/${{[^}]*}}/true/g')
  (($(grep -c . <<<"$steps") >= 3)) || { echo "$file: too few steps were found" >&2 && exit 1; }
  shellcheck --shell=bash --severity=warning - <<<"$steps"
done
