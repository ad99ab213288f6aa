# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of faults: by fentry where it attaches, and by the tier that needs no fentry.
# boot: --disk 256M
# long: yes
. "${0%/*}/report.sh"
export TMPDIR=/mnt # files that can be read from a disk
live_tests 'Fault*'
HOODTRACE_TEST_TIER=base live_tests 'Fault*:-FaultKinds.PerfEventsAlone*'
