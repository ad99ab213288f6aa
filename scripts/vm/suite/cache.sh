# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A file read cold, warm, and again after all caches were dropped: exact in pages, its name right,
# and for every file the kernel's own count of what is cached.
# boot: --disk 256M
. "${0%/*}/report.sh"
file=/mnt/cache-suite
dd if=/dev/urandom of="$file" bs=1M count=8 2>/dev/null || exit 1
sync
drop='echo 3 >/proc/sys/vm/drop_caches'
sh -c "$drop"
report_of cache --format json -- sh -c "exec >/dev/null; cat $file; cat $file; $drop; cat $file"
nothing_lost

# of_file KEY: a number of the file's row; "null" when this kernel does not report it.
of_file() {
  tr '{' '\n' <"$report" | grep "\"path\":\"$file\"" | tr , '\n' | sed -n "s/^\"$1\":\([0-9a-z]*\)}*$/\1/p"
}

is "pages added" 4096 "$(of_file added)"
is "pages evicted" 2048 "$(of_file evicted)"
is "pages fetched again" 2048 "$(of_file refetched)"
is "pages cached" 2048 "$(of_file cached)"
is "cached pages of all files, against the kernel's count" "$(audit kernel_cached_pages)" \
  "$(audit cached_pages)"
case $(of_file hits) in
  null) echo "hits and misses: not measurable on this kernel" ;;
  *)
    is "misses" 4096 "$(of_file misses)"
    is "hits" 2048 "$(of_file hits)"
    ;;
esac
rm "$file"
