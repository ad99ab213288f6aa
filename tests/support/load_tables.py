#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads an export as JSON lines and the same as CSV, with Python's own modules and with pandas when
it is installed, and prints what they hold, to be compared: load_tables.py JSONL CSV."""
import collections
import csv
import importlib.util
import json
import os
import sys

# Debian's pandas is of Debian's Python, which need not be the first one on the PATH.
DEBIANS = "/usr/bin/python3"
if not importlib.util.find_spec("pandas") and not os.path.samefile(sys.executable, DEBIANS):
    os.execv(DEBIANS, [DEBIANS, *sys.argv])


def summary(rows):
    """Counts by type, and of each thread its switches-in and the sum of their waits."""
    types = collections.Counter()
    threads = collections.defaultdict(lambda: {"runs": 0, "wait_ns": 0})
    for row in rows:
        types[row["type"]] += 1
        if row["type"] == "switch" and row["tid"] not in (0, "0") and row["traced"] in (True, "true"):
            thread = threads[str(int(row["tid"]))]
            thread["runs"] += 1
            thread["wait_ns"] += int(row["wait_ns"])
    return {"types": types, "threads": threads}


def by_pandas(jsonl, table):
    try:
        import pandas
    except ImportError:
        return None
    frames = {"jsonl": pandas.read_json(jsonl, lines=True), "csv": pandas.read_csv(table, low_memory=False)}
    result = {}
    for name, frame in frames.items():
        switches = frame[frame["type"] == "switch"]
        kept = switches[switches["tid"] > 0]
        result[name] = {"rows": len(frame), "wait_ns": int(kept["wait_ns"].sum())}
    return result


def main(jsonl, table):
    with open(jsonl, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    columns = [column["name"] for column in lines[0]["columns"]]
    json.dump({
        "header_rows": [sum(row["type"] == "header" for row in form) for form in (lines, rows)],
        "same_rows": len(lines) == len(rows),
        "same_columns": list(rows[0]) == ["type", *columns],
        "full_rows": all(None not in row and None not in row.values() for row in rows),
        "jsonl": summary(lines[1:]), "csv": summary(rows[1:]),
        "argv": [[line["argv"], json.loads(row["argv"])] for line, row in zip(lines[1:], rows[1:])
                 if "argv" in line],
        "pandas": by_pandas(jsonl, table),
    }, sys.stdout)


main(sys.argv[1], sys.argv[2])
