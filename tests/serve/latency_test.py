#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long scrapes take where a snapshot takes its time: latency_test.py HOODTRACE CASE"""
import os
import sys
import threading
import time

from serve_run import Cgroups, Serve, check, skip

HOODTRACE, CASE = sys.argv[1:3]
SCRAPES = 20
TASKS = 3000  # a snapshot looks at all tasks: 1 ms and more


def start(thread):
    try:
        thread.start()
    except RuntimeError:
        skip(f"{TASKS} threads are not permitted")


def no_scrape_waits():
    """A second is how long the rings may be left alone: no scrape may wait for that."""
    end = threading.Event()
    threading.stack_size(64 << 10)
    threads = [threading.Thread(target=end.wait, daemon=True) for _ in range(TASKS)]
    took = []
    try:
        for thread in threads:
            start(thread)
        with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            for _ in range(SCRAPES):
                time.sleep(0.15)
                begin = time.monotonic()
                serve.fetch()
                took.append(time.monotonic() - begin)
    finally:
        end.set()
    print("seconds:", *(f"{seconds:.3f}" for seconds in took))
    # A busy machine may take its time for some of them.
    check(sum(seconds > 0.9 for seconds in took) <= 2)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
