#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, builds, and runs hoodtrace with the arguments given:
#   sudo scripts/run.sh sched -d 5
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What goes wrong before hoodtrace runs is said on standard error: its output may go into a pipe.
(
  cd "$root"
  scripts/setup.sh run
  # shellcheck source=scripts/build.sh
  source scripts/build.sh
  build release --target hoodtrace
) >&2
exec "$root/build/release/hoodtrace" "$@"
