# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of cache: ext4, btrfs, overlayfs, tmpfs, block devices, and a memory cgroup that is
# too small.
# boot: --disk 256M --module loop --module btrfs --module overlay
# long: yes
. "${0%/*}/report.sh"
live_tests 'Cache*'
