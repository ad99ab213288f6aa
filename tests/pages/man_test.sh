#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# man_test.sh FOLDER SOURCE-FOLDER: mandoc finds no fault with the pages in FOLDER, every page that a page
# refers to exists, and so does every page that a unit's Documentation= names.
set -uo pipefail
folder=$1 source=$2
failed=0
command -v mandoc >/dev/null || { echo "cannot run here: no mandoc" && exit 77; }

# scdoc puts .PP after each heading, which mandoc skips: no reader sees that.
if mandoc -T lint -W warning "$folder"/* | grep -v 'skipping paragraph macro'; then failed=1; fi
named=$(
  for page in "$folder"/*; do mandoc -T ascii "$page" | sed 's/.\x08//g'; done |
    grep -oE '\bhoodtrace[a-z-]*\([15]\)' | sort -u
  grep -rhoE '^Documentation=man:.*' "$source/scripts/systemd" | sed 's/^Documentation=man://; s/ man:/\n/g'
)
for name in $named; do
  file=$folder/${name%(*}.${name: -2:1}
  [[ -s $file ]] || { echo "there is no page $name" && failed=1; }
done
(($(wc -w <<<"$named") > 10)) || { echo "the pages refer to ${named:-no page}" && failed=1; }
for page in "$folder"/*.1; do
  for section in NAME SYNOPSIS DESCRIPTION 'SEE ALSO'; do
    grep -q "^\.SH $section" "$page" || { echo "$page has no section $section" && failed=1; }
  done
done
((failed == 0)) && echo "ok: $(ls "$folder" | wc -l) pages"
exit "$failed"
