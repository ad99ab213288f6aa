# SPDX-License-Identifier: GPL-2.0-or-later
# zsh -f zsh_complete.zsh FOLDER-OF-_hoodtrace 'COMMAND LINE': prints what zsh would offer, a word a line.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; unset zle_bracketed_paste; fpath=($1 \$fpath)"
zpty -w z 'autoload -Uz compinit && compinit -u -D'
zpty -w z 'bindkey "^I" complete-word; zstyle ":completion:*" verbose no'
# Instead of showing them, compadd prints what it would add.
zpty -w z 'compadd() {
  [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
  local -a found; builtin compadd -A found "$@"; builtin compadd "$@"
  local word; for word in $found; do print -r -- "offer $word"; done }'
zpty -w z 'null-line() { print START; zle complete-word; print END; exit }; zle -N null-line; bindkey "^X" null-line'
zpty -w z 'print READY'
local line
zpty -r -m z line '*READY*READY*'
zpty -w -n z "$2"$'\x18'
zpty -r -m z line '*END*'
print -r -- "$line" | tr -d '\r' | sed -n 's/.*offer //p'
