#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit of serve by systemd's own judgement: an exposure of 2.5 at most. unit_test.sh UNIT
command -v systemd-analyze >/dev/null || exit 77
version=$(systemd-analyze --version | sed -n 's/^systemd \([0-9]*\).*/\1/p')
[ "$version" -ge 250 ] || exit 77 # --offline
systemd-analyze security --offline=true --no-pager --threshold=25 "$1" | tail -n 1
systemd-analyze security --offline=true --no-pager --threshold=25 "$1" >/dev/null
