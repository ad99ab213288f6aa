# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables are shared with vm.sh and its other parts
# The one table of kernels and guest packages, and the look-ups in it.

# name | suites that publish it | package (extended regex; ARCH stands for amd64 or arm64) | remark
# The highest version that matches is taken. 5.10 is below our floor: there to be refused.
kernel_table() {
  cat <<'TABLE'
5.10 | bullseye-security | linux-image-5\.10\.[0-9]+-[0-9]+-cloud-ARCH | below the floor
6.1  | bookworm-security | linux-image-6\.1\.0-[0-9]+-cloud-ARCH | Debian 12, the floor
6.12 | trixie,trixie-security | linux-image-6\.12\.[0-9]+\+deb13(\.[0-9]+)?-cloud-ARCH | Debian 13
6.18 | trixie-backports | linux-image-6\.18\.[0-9]+\+deb[0-9.]+-cloud-ARCH | backport
7.2  | trixie-backports,sid | linux-image-7\.2\.[0-9]+\+deb[0-9.]+-cloud-ARCH | backport
7.x  | trixie-backports,sid | linux-image-7\.[0-9]+\.[0-9]+\+deb[0-9.]+-cloud-ARCH | newest
TABLE
}

# What every guest needs besides its kernel, in the same columns.
tool_table() {
  cat <<'TABLE'
busybox | trixie | busybox-static | the guest's userland
TABLE
}

# table_rows: all rows, columns trimmed and separated by tabs.
table_rows() { { kernel_table && tool_table; } | sed -E 's/ *\| */\t/g'; }

kernel_names() { kernel_table | sed -E 's/ *\|.*//'; }
package_pattern() {
  table_rows | awk -F'\t' -v n="$1" -v a="$2" '$1 == n { gsub("ARCH", a, $3); print $3 }'
}
suites_of() { table_rows | awk -F'\t' -v n="$1" '$1 == n { print $2 }'; }

check_kernel() {
  local names
  names=$(kernel_names)
  grep -qxF -- "$1" <<<"$names" || bad_usage "unknown kernel '$1', known: ${names//$'\n'/ }"
}

check_arch() {
  case $1 in
    amd64 | arm64) ;;
    *) bad_usage "unknown architecture '$1', known: amd64 arm64" ;;
  esac
}

host_arch() { dpkg --print-architecture; }

cmd_kernels() {
  (($# == 0)) || bad_usage "kernels takes no argument"
  local name suites pattern remark arch cached
  printf '%-6s %-23s %-55s %s\n' NAME SUITES 'CACHED PACKAGE' REMARK
  while IFS=$'\t' read -r name suites pattern remark; do
    cached=
    for arch in amd64 arm64; do
      if ! is_cached "$name" "$arch"; then continue; fi
      cached+="${cached:+, }$(cached_package "$name" "$arch")"
    done
    cached=${cached:-not cached: ${pattern//\\/}}
    printf '%-6s %-23s %-55s %s\n' "$name" "$suites" "$cached" "$remark"
  done < <(kernel_table | sed -E 's/ *\| */\t/g')
}
