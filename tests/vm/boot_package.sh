#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest of boot_test.sh's case "package", in /run/out, when boot_check.sh is through: once to
# install the Debian package and to switch the capture on, and in the next boot to take both away.

# coded NAME COMMAND...: its output into a file NAME, its exit code into a line of "codes".
coded() {
  name=$1
  shift
  "$@" >"$name" 2>&1
  echo "$name: $?" >>codes
}
# files_of_it FOLDER...: what has its name, on the disk.
files_of_it() { find "$@" -xdev -name '*hoodtrace*' ! -path '/root/*' ! -path '/run/*'; }

if [ ! -x /usr/bin/hoodtrace ]; then
  coded install dpkg --install /root/hoodtrace.deb
  # --every: a capture of one boot switches itself off.
  coded enable hoodtrace boot enable --every 2 --hold 90s --limit 15min
  cat /etc/systemd/system/hoodtrace-boot.service >unit_file
  for name in $(systemctl show --property Documentation --value hoodtrace-boot.service | tr -d '"'); do
    page=${name#man:}
    number=${page##*\(}
    number=${number%)}
    page=/usr/share/man/man$number/${page%(*}.$number.gz
    if [ "$name" != "${name#man:}" ] && gzip --test "$page"; then
      echo "found $name: $page" >>documentation
    else
      echo "missing $name: $page" >>documentation
    fi
  done
else
  coded disable hoodtrace boot disable
  files_of_it /etc /usr/lib/systemd >after_disable
  coded enable_again hoodtrace boot enable
  coded purge dpkg --purge hoodtrace
  {
    files_of_it /
    getent group hoodtrace
    dpkg-query --show hoodtrace
  } >after_purge 2>/dev/null
  systemctl show --property LoadState hoodtrace-boot.service >unit_after
fi
