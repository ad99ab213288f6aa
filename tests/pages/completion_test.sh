#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# completion_test.sh FOLDER: asks the shells themselves what they offer, with the files in FOLDER.
set -uo pipefail
here=$(dirname -- "$(readlink -f -- "$0")")
folder=$1
failed=0

# What a shell says on standard error is a mistake in the file: fish says where.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
offered_by_bash() { # COMMAND LINE
  bash --norc -c '
    source "$1/hoodtrace.bash"
    COMP_LINE=$2
    read -ra COMP_WORDS <<<"$2"
    [[ $2 != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _hoodtrace
    printf "%s\n" "${COMPREPLY[@]}"' bash "$folder" "$1"
}
# As zsh would insert them: with backslashes.
offered_by_zsh() { timeout 20 zsh -f "$here/zsh_complete.zsh" "$folder" "$1" | tr -d '\\'; }
offered_by_fish() {
  fish --no-config -c "source $folder/hoodtrace.fish; complete -C '$1'" | cut -f1
}

# offers LINE WORD...: every shell offers each of the words, and not the words after "not".
offers() {
  local line=$1 shell got word wanted
  shift
  for shell in bash zsh fish; do
    got=$(offered_by_$shell "$line" 2>"$said")
    if [[ -s $said ]]; then
      echo "$shell complains after: $line: $(cat "$said")"
      failed=1
    fi
    wanted=yes
    for word in "$@"; do
      if [[ $word == not ]]; then
        wanted=
      elif grep -qxF -- "$word" <<<"$got"; then
        [[ -n $wanted ]] || { echo "$shell offers $word after: $line" && failed=1; }
      elif [[ -n $wanted ]]; then
        echo "$shell does not offer $word after: $line (but: ${got//$'\n'/ })"
        failed=1
      fi
    done
  done
}

for shell in bash zsh fish; do
  command -v "$shell" >/dev/null || { echo "cannot run here: no $shell" && exit 77; }
done

offers 'hoodtrace ' sched faults procs cache record info boot export doctor not command-tree
offers 'hoodtrace sch' sched not faults
offers 'hoodtrace sched --' --pid --by --format not --cow
offers 'hoodtrace faults --c' --cow --comm --color
offers 'hoodtrace sched --by ' thread process comm cgroup cpu not mapping
offers 'hoodtrace faults --by ' mapping address not cpu
offers 'hoodtrace sched --format ' text json csv
offers 'hoodtrace boot ' enable disable status report not capture
offers 'hoodtrace boot enable --' --every --initrd not --pid
offers 'hoodtrace export --to ' perfetto jsonl csv html
offers 'hoodtrace record --trigger ' signal 'exit!=0'
offers 'hoodtrace record ' sched faults procs cache
((failed == 0)) && echo "ok"
exit "$failed"
