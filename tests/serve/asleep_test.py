#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What serve makes of a sleep that the kernel counts as a wait: asleep_test.py HOODTRACE CASE"""
import os
import sys
import time

from serve_run import NS, Cgroups, Serve, Worker, check, equal, kernel_waits, skip

HOODTRACE, CASE = sys.argv[1:3]


def moved_in_its_sleep():
    """A sleeper that is moved to another CPU right after it fell asleep, which the kernel may count as a wait
    (docs/kernel-notes.md, 137)."""
    cpus = sorted(os.sched_getaffinity(0))

    def sleeper():
        os.sched_setaffinity(0, {cpus[0]})
        os.nice(19)
        end = time.thread_time() + 0.004
        while time.thread_time() < end:
            pass

    def spin():
        os.sched_setaffinity(0, {cpus[0]})
        end = time.monotonic() + 3
        while time.monotonic() < end:
            pass

    with Cgroups("sleeper", "hog") as cgroups:
        moved = Worker(cgroups, "sleeper", sleeper)
        hog = Worker(cgroups, "hog", spin)
        unit = cgroups.unit("sleeper")
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            before = moved.counters()[1]
            hog.begin()
            moved.begin()
            os.read(moved.done, 1)
            while moved.stat()[0] != "S":
                time.sleep(0.0002)
            os.sched_setaffinity(moved.pid, {cpus[-1]})
            asleep = moved.counters()[1]
            time.sleep(1)
            moved.begin()
            moved.wait()
            hog.wait()
            scrape, kernel = serve.scrape(), moved.counters()[1]
        for worker in (moved, hog):
            worker.end()
        waited = kernel_waits(scrape, unit)
        slept = scrape.ns("hoodtrace_sched_sleep_seconds_total", unit=unit, state="interruptible")
        unmeasured = scrape.get("hoodtrace_sched_unmeasured_waits_total", unit=unit)
        total = scrape.ns("hoodtrace_sched_wait_seconds_sum", unit=unit)
        behind = sum(round(value * NS) for labels, value in scrape.series(
            "hoodtrace_sched_wait_behind_seconds_total").items() if ("unit", unit) in labels)
        print(f"waited {waited}, slept {slept} ns, {unmeasured} not measured; behind {behind} of "
              f"{total}; the kernel: {asleep - before}, and {kernel - asleep} from its sleep on")
        # The kernel counted its sleep, of a second, as well; or it did not.
        results = ([unmeasured == 1, waited <= kernel - before - 0.9 * NS]
                   if unmeasured else [equal("run_delay", waited, kernel - before)])
        check(slept >= 0.9 * NS, abs(behind - total) <= 100, *results)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
