#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What serve makes of a sleep that the kernel counts as a wait: asleep_test.py HOODTRACE CASE"""
import os
import sys
import time

from serve_run import NS, Cgroups, Serve, Worker, check, equal, kernel_waits, skip

HOODTRACE, CASE = sys.argv[1:3]


def spin(cpu, seconds):
    os.sched_setaffinity(0, {cpu})
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def use_up(cpu, seconds):
    """Beside a task of nice 0 it has then used up what it is due."""
    os.sched_setaffinity(0, {cpu})
    os.nice(19)
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def move_in_its_sleep(sleeper, hog, cpu):
    """The kernel may count its sleep from here on as a wait (docs/kernel-notes.md, 137)."""
    hog.begin()
    sleeper.begin()
    os.read(sleeper.done, 1)
    while sleeper.stat()[0] != "S":
        time.sleep(0.0002)
    os.sched_setaffinity(sleeper.pid, {cpu})


def checks(scrape, unit, kernel_ns):
    """Of waits of which the kernel counts kernel_ns in all, and a sleep of a second in it, or not."""
    waited = kernel_waits(scrape, unit)
    slept = scrape.ns("hoodtrace_sched_sleep_seconds_total", unit=unit, state="interruptible")
    unmeasured = scrape.get("hoodtrace_sched_unmeasured_waits_total", unit=unit)
    total = scrape.ns("hoodtrace_sched_wait_seconds_sum", unit=unit)
    behind = sum(round(value * NS) for labels, value in scrape.series(
        "hoodtrace_sched_wait_behind_seconds_total").items() if ("unit", unit) in labels)
    print(f"waited {waited}, slept {slept} ns, {unmeasured} not measured; behind {behind} of {total}; "
          f"the kernel: {kernel_ns}")
    results = ([unmeasured == 1, waited <= kernel_ns - 0.9 * NS]
               if unmeasured else [equal("run_delay", waited, kernel_ns)])
    return slept, [abs(behind - total) <= 100, *results]


def moved_in_its_sleep():
    """A sleeper that is moved to another CPU right after it fell asleep."""
    cpus = sorted(os.sched_getaffinity(0))
    with Cgroups("sleeper", "hog") as cgroups:
        sleeper = Worker(cgroups, "sleeper", lambda: use_up(cpus[0], 0.004))
        hog = Worker(cgroups, "hog", lambda: spin(cpus[0], 3))
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            before = sleeper.counters()[1]
            move_in_its_sleep(sleeper, hog, cpus[-1])
            time.sleep(1)
            sleeper.begin()
            sleeper.wait()
            hog.wait()
            scrape, kernel = serve.scrape(), sleeper.counters()[1]
        for worker in (sleeper, hog):
            worker.end()
        slept, results = checks(scrape, cgroups.unit("sleeper"), kernel - before)
        check(slept >= 0.9 * NS, *results)


def moved_before_serve():
    """It was moved before serve began: since when it sleeps is not known, and it is no wait."""
    cpus = sorted(os.sched_getaffinity(0))
    with Cgroups("sleeper", "hog") as cgroups:
        sleeper = Worker(cgroups, "sleeper", lambda: use_up(cpus[0], 0.004))
        hog = Worker(cgroups, "hog", lambda: spin(cpus[0], 3))
        move_in_its_sleep(sleeper, hog, cpus[-1])
        before = sleeper.counters()[1]
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            time.sleep(1)
            sleeper.begin()
            sleeper.wait()
            hog.wait()
            scrape, kernel = serve.scrape(), sleeper.counters()[1]
        for worker in (sleeper, hog):
            worker.end()
        slept, results = checks(scrape, cgroups.unit("sleeper"), kernel - before)
        check(slept <= 0.1 * NS, *results)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
