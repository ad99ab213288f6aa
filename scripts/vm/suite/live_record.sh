# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The live tests of trace files and of errors.
# where: guest
# long: yes
. "${0%/*}/report.sh"
# Not here: what wants util-linux's setpriv (suite/unprivileged.sh has that).
live_tests 'TraceFile*:Errors*:-Errors.NotRoot*:Errors.DoctorWithout*'
