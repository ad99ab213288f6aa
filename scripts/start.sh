# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash # sourced first by every script that a person calls
# The beginning of a script: $root is the project's folder, whatever symbolic link, CDPATH or current
# directory the script was called with; help prints the comment at the script's head.

# shellcheck disable=SC2034 # read by the scripts
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)

# answer_help ARGUMENTS...: exits if the first one asks for help. Called before anything is installed.
answer_help() {
  case ${1:-} in
    -h | --help | help) print_help && exit 0 ;;
  esac
}

# The comment after the licence, up to the first line of code.
print_help() {
  sed -nE '/SPDX-License-Identifier/,/^[^#]/ { /SPDX/d; s/^# ?//p; }' "$0"
}

# bad_usage MESSAGE...
bad_usage() {
  echo "${0##*/}: $*; see: scripts/${0##*/} --help" >&2
  exit 2
}
