# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash  # sourced by run.sh and test.sh, in the project's root
# build PRESET [CMAKE-BUILD-ARGUMENTS...]: configures if needed and builds; says so, shows the
# compiler's words only when it fails. With want_tests=1 the tests are part of it. Under sudo it builds as the user who called, if the tree is
# theirs, so that no file of root's stays in it.

as_owner() {
  if ((EUID == 0)) && [[ -n ${SUDO_USER:-} ]] && [[ $(stat -c %U .) == "$SUDO_USER" ]]; then
    runuser -u "$SUDO_USER" -- "$@"
  else
    "$@"
  fi
}

build() {
  local preset=$1 log started=$SECONDS
  shift
  log=$(mktemp)
  chmod 666 "$log"
  local configure=()
  if [[ -n ${want_tests:-} ]] && ! grep -qs '^HOODTRACE_TESTS:BOOL=ON' "build/$preset/CMakeCache.txt"; then
    configure=(-DHOODTRACE_TESTS=ON)
  fi
  if [[ ! -f build/$preset/build.ninja ]] || ((${#configure[@]})); then
    echo "build: configuring build/$preset"
    if ! as_owner cmake --preset "$preset" "${configure[@]}" >"$log" 2>&1; then
      cat "$log" >&2
      echo "build: cmake could not configure preset $preset; see above" >&2
      return 1
    fi
  fi
  if ! as_owner cmake --build --preset "$preset" "$@" >"$log" 2>&1; then
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating|BPF)' "$log" | tail -n 60 >&2
    echo "build: preset $preset does not build; see above" >&2
    return 1
  fi
  ((SECONDS - started < 3)) || echo "build: built build/$preset in $((SECONDS - started)) s"
  rm -f "$log"
}
