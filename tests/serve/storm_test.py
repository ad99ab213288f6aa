#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of short processes, each counted: storm_test.py HOODTRACE CASE"""
import os
import subprocess
import sys
import time

from serve_run import NS, Cgroups, Serve, check, equal, skip

HOODTRACE, CASE = sys.argv[1:3]
FORKS = 6000
SUBSHELLS = "read go; i=0; while [ $i -lt %d ]; do (:); i=$((i+1)); done; echo done; read end"
ON_CPU = "hoodtrace_sched_on_cpu_seconds_total"


def usage_ns(cgroup):
    """Of all tasks that ever ran in it; the kernel rounds down to us."""
    words = dict(line.split() for line in (cgroup / "cpu.stat").read_text().splitlines())
    return int(words["usage_usec"]) * 1000


def short_processes():
    """The kernel does not report one switch in a thousand: the only run of a process must count even then."""
    with Cgroups("storm") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        shell = subprocess.Popen(["/bin/sh", "-c", SUBSHELLS % FORKS], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        time.sleep(0.5)  # it waits for its input: what it runs before its next switch counts outside
        cgroups.take_in("storm", shell.pid)
        unit = cgroups.unit("storm")
        before, kernel = serve.scrape(), usage_ns(cgroups.path / "storm")
        print("go", file=shell.stdin, flush=True)
        shell.stdout.readline()
        time.sleep(0.5)  # the last exit is complete, and the shell waits
        after, kernel = serve.scrape(), usage_ns(cgroups.path / "storm") - kernel
        counted = after.ns(ON_CPU, unit=unit) - before.ns(ON_CPU, unit=unit)
        shell.kill()
        shell.wait()
    print(f"on CPU {counted} ns, cpu.stat {kernel} ns, difference {counted - kernel} ns")
    check(equal("forks", after.get("hoodtrace_forks_total", unit=unit), FORKS), kernel > NS // 10,
          abs(counted - kernel) < 10_000)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
