#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a boot's report with systemd's own times of the same boot.

usage: boot_compare.py REPORT.json FOLDER    the folder holds `analyzed` (systemd-analyze time) and `shown`
(systemctl show of all units). Prints one line per comparison; the exit code is 0 when all hold.
"""

import json
import re
import sys

UNIT_TOLERANCE_NS = 20_000_000
PHASE_TOLERANCE_NS = 1_000_000  # systemd-analyze prints milliseconds

failed = 0


def check(name, holds, details):
    global failed
    failed += not holds
    print(f"{'ok  ' if holds else 'FAIL'} {name}: {details}")


def nanoseconds(text):
    """'1min 2.385s' -> 62385000000"""
    units = {"h": 3600e9, "min": 60e9, "s": 1e9, "ms": 1e6, "us": 1e3}
    return round(sum(float(n) * units[u] for n, u in re.findall(r"([\d.]+)(h|min|ms|us|s)\b", text)))


def compare_phases(report, path):
    text = open(path).read()
    for value, phase in re.findall(r"([\d.a-z ]+?) \((firmware|loader|kernel|initrd|userspace)\)", text):
        theirs, ours = nanoseconds(value), report["phases"][f"{phase}_ns"]
        check(f"phase {phase}", ours is not None and abs(ours - theirs) <= PHASE_TOLERANCE_NS,
              f"ours {ours}, systemd-analyze's {theirs}")


def compare_units(report, path):
    ours = {unit["unit"]: unit for unit in report["units"] if unit["times_from"] == "manager"}
    compared = differing = absent = 0
    worst = 0
    for block in open(path).read().split("\n\n"):
        shown = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        name = shown.get("Id")
        ended_ns = report["capture"]["ended_ns"]
        for key, property_name in (("activating_ns", "InactiveExitTimestampMonotonic"),
                                   ("active_ns", "ActiveEnterTimestampMonotonic")):
            theirs = int(shown.get(property_name) or 0) * 1000
            # What came after the capture it cannot know.
            if theirs == 0 or theirs > ended_ns:
                continue
            if name not in ours:
                absent += 1
                print(f"     {name} is not in the report")
                continue
            compared += 1
            distance = abs((ours[name][key] or 0) - theirs)
            worst = max(worst, distance)
            if distance > UNIT_TOLERANCE_NS:
                differing += 1
                print(f"     {name} {key}: ours {ours[name][key]}, systemd's {theirs}")
    check("unit times", compared > 50 and differing == 0 and absent == 0,
          f"{compared} compared, worst {worst} ns apart, {differing} differ, {absent} absent")


def compare_audits(report):
    forks = report["audit"]["forks"]
    check("forks", forks is not None and forks["least"] <= forks["kernel"] <= forks["most"],
          f"{forks}")
    waits = report["audit"]["run_queue_wait"]
    check("run-queue wait", waits is not None and waits["wait_ns"] == waits["kernel_run_delay_ns"],
          f"{waits}")
    check("nothing lost", not report["events"]["lost"] and report["events"]["undecodable"] == 0,
          f"{report['events']}")
    for step in report["critical_chain"]:
        # d_sleep_ns is disk_ns and uninterruptible_ns together.
        time = {key: value for key, value in step["time"].items() if key != "d_sleep_ns"}
        if sum(time.values()) != step["up_ns"] - step["from_ns"]:
            check("chain", False, f"{step}")
    check("critical chain", len(report["critical_chain"]) > 5,
          f"{len(report['critical_chain'])} steps, each accounted to the nanosecond")
    # An initrd without systemd has no units.
    began_ns = report["phases"]["userspace_began_ns"]
    nowhere = [p["comm"] for p in report["processes"]
               if p["unit"] == "(no unit)" and (p["born_ns"] or 0) > began_ns]
    check("every process has its unit", not nowhere, f"without: {nowhere}")


def compare_files(report):
    """Major faults by file, against kernel accounting of the same processes."""
    loads = [unit["load"] for unit in report["units"] if unit["load"] and unit["load"]["files"] is not None]
    if not loads:
        return
    counters = sum(load["major_faults"] for load in loads)
    by_file = sum(file["major_faults"] or 0 for load in loads for file in load["files"])
    read = sum(load["read_bytes"] or 0 for load in loads)
    names = {file["path"] for load in loads for file in load["files"]}
    # The counters of a process that is older than the capture include its time before.
    check("major faults by file", counters > 0 and by_file <= counters and by_file * 10 >= counters * 9,
          f"{by_file} of {counters} in kernel accounting")
    check("files brought in", read > 1 << 20 and any(name.startswith("/usr/lib/") for name in names),
          f"{read} bytes of {len(names)} files")


def main():
    report = json.load(open(sys.argv[1]))
    folder = sys.argv[2]
    check("schema", report["schema"] == "hoodtrace.boot/1", report["schema"])
    compare_phases(report, f"{folder}/analyzed")
    compare_units(report, f"{folder}/shown")
    compare_audits(report)
    compare_files(report)
    sys.exit(1 if failed else 0)


main()
