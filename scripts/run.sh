#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, builds, and runs hoodtrace with the arguments given:
#   sudo scripts/run.sh sched -d 5
# The first time takes minutes, 1 GB of disk and 1 GB of memory per build job. Later calls only build
# what has changed. To have `hoodtrace` in everybody's PATH, with its man pages and shell completion:
#   sudo cmake --install build/release --strip
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/run.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
program=$root/build/release/hoodtrace
if [[ ! -x $program ]]; then answer_help "$@"; fi
# A read-only tree in which it was built before.
if [[ -x $program && ! -w $root/build/release ]]; then exec "$program" "$@"; fi

# Errors before hoodtrace runs go to standard error: its output may go into a pipe.
(
  cd "$root"
  scripts/setup.sh run
  # shellcheck source=scripts/build.sh
  source scripts/build.sh
  build release --target hoodtrace pages
) >&2
exec "$program" "$@"
