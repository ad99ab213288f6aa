#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy over every file that the compile commands of BUILD-FOLDER name.

  check_tidy.py BUILD-FOLDER [FOLDER...]      (default: userspace tests)

Files that are compiled alike are checked in batches (source_batches.py), each as one unit that includes
them: most of the time goes into the libraries' headers, for one file as for a hundred. A batch that does
not parse all the same is halved.
"""

import collections
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

from source_batches import batches_of, renamed

# A batch per CPU, within these bounds: 160 files take 1 GB.
LEAST, MOST = 48, 180


def flags_of(entry):
    flags, skip = [], False
    for word in shlex.split(entry["command"])[1:]:
        if skip or word in ("-o", "-c", entry["file"]) or word.endswith(".cpp"):
            skip = word == "-o"
        else:
            flags.append(word)
    return tuple(flags)


def tidy(path, flags):
    """Whether it is clean (None: it does not parse), and the findings."""
    checks = "--checks=-bugprone-suspicious-include"
    command = ["clang-tidy", "--quiet", checks, path, "--", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if "clang-diagnostic-error" in done.stdout:
        return None, done.stdout
    return done.returncode == 0, done.stdout


def check(job):
    number, flags, batch, folder = job
    if len(batch) == 1:
        return tidy(batch[0], flags)
    unit = os.path.join(folder, f"batch_{number}.cpp")
    with open(unit, "w", encoding="utf-8") as file:
        file.write(renamed(batch, folder))
    # What shadows a name of another file's is not meant; g++ looks for it in each file alone.
    good, text = tidy(unit, (*flags, "-Wno-shadow"))
    if good is not None:
        return good, text
    reason = text.split("error:", 1)[1].splitlines()[0].strip()
    print(f"halved: {len(batch)} files from {os.path.relpath(batch[0])} on: {reason}", flush=True)
    middle = len(batch) // 2
    halves = [
        check((f"{number}{side}", flags, part, folder))
        for side, part in (("a", batch[:middle]), ("b", batch[middle:]))
    ]
    return all(good for good, _ in halves), "".join(text for _, text in halves)


def main():
    build, rooms = sys.argv[1], sys.argv[2:] or ["userspace", "tests"]
    root = os.getcwd()
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    groups = collections.OrderedDict()
    for entry in sorted(entries, key=lambda entry: entry["file"]):
        if os.path.relpath(entry["file"], root).split(os.sep)[0] in rooms:
            groups.setdefault(flags_of(entry), []).append(entry["file"])
    # Inside the source tree's folder of builds, so that .clang-tidy is found.
    folder = os.path.join(build, "tidy")
    os.makedirs(folder, exist_ok=True)
    jobs = []
    for flags, files in groups.items():
        size = min(max(-(-len(files) // os.cpu_count()), LEAST), MOST)
        for batch in batches_of(files, size, rename=True):
            jobs.append((len(jobs), flags, batch, folder))
    jobs.sort(key=lambda job: -len(job[2]))
    print(f"clang-tidy over {sum(len(job[2]) for job in jobs)} files in {len(jobs)} units", flush=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for good, text in pool.map(check, jobs):
            failed |= not good
            if not good:
                print(text, flush=True)
    return 1 if failed else 0


sys.exit(main())
