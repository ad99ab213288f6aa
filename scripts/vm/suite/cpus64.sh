# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# 64 CPUs: whole-system sched and record lose nothing, and every number equals kernel accounting.
# boot: --smp 64 --mem 2048
# where: guest
# long: yes
# on-request: yes
. "${0%/*}/report.sh"
many_cpus 64
