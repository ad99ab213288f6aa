#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sums up boot_cost.sh: medians of the boots in FOLDER, with and without the capture."""

import glob
import statistics
import sys


def read(path):
    """Blocks of KEY=VALUE lines, as `systemctl show` prints them."""
    for block in open(path).read().split("\n\n"):
        yield dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def boot(folder, kind, number):
    manager = next(read(f"{folder}/{kind}.{number}.manager"))
    userspace_us = (int(manager["FinishTimestampMonotonic"])
                    - int(manager["UserspaceTimestampMonotonic"]))
    unit = next(read(f"{folder}/{kind}.{number}.unit"))
    held_us = (int(unit["ActiveEnterTimestampMonotonic"])
               - int(unit["InactiveExitTimestampMonotonic"]))
    return userspace_us / 1000, held_us / 1000


def main():
    folder = sys.argv[1]
    count = len(glob.glob(f"{folder}/with.*.unit"))
    medians = {}
    for kind in ("without", "with"):
        boots = [boot(folder, kind, i) for i in range(count)]
        total = [ms for ms, _ in boots]
        held = [ms for _, ms in boots]
        then = [ms - h for ms, h in boots]
        medians[kind] = [statistics.median(column) for column in (total, held, then)]
        print(f"{kind:8} userspace {medians[kind][0]:7.0f} ms (from {min(total):.0f} to {max(total):.0f}), "
              f"held {medians[kind][1]:6.0f} ms, then {medians[kind][2]:7.0f} ms")
    base = medians["without"][0]
    for name, cost in (("the capture costs", medians["with"][0] - base),
                       ("  until attached", medians["with"][1]),
                       ("  from then on", medians["with"][2] - base)):
        print(f"{name:18} {cost:7.0f} ms, {100 * cost / base:5.1f} %  (medians of {count} boots each)")


main()
