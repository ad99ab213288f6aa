#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which folder of userspace/ may include which (docs/architecture.md); prints each violation."""
import pathlib
import re
import sys

CORE = ["base", "event", "stream", "probe", "model", "view", "output"]
MAY = {
    "base": [],
    "event": ["base"],
    "stream": ["base", "event"],
    "probe": ["base"],
    "model": ["base", "event"],
    "view": ["base", "event", "model", "probe"],
    "output": ["base", "event", "model", "view"],
    "command": CORE,
    "live": ["base", "event", "stream", "probe"],
    "cli": CORE + ["command"],
    "main.cpp": CORE + ["command", "cli", "live"],
}
# Headers of other projects that only some folders may include.
OWNED = {
    "bpf/": ["live"],
    "CLI/": ["cli"],
    "nlohmann/": ["view", "output"],
}
INCLUDE = re.compile(r'^\s*#include\s+(["<])([^">]+)[">]')


def breaches(root):
    for path in sorted(root.rglob("*.[ch]pp")):
        room = path.relative_to(root).parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, target = match.groups()
            other = target.split("/")[0]
            where = f"{path}:{number}: {room} includes {target}"
            if room not in MAY:
                yield f"{path}: no such room; add it to {sys.argv[0]}"
                break
            if quote == '"' and other in MAY and other != room and other not in MAY[room]:
                yield f"{where}: {room} may not know {other}"
            for prefix, owners in OWNED.items():
                if target.startswith(prefix) and room not in owners:
                    yield f"{where}: that belongs to {', '.join(owners)}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "userspace"
    found = list(breaches(root))
    print("\n".join(found) if found else "every include is as the rooms have it")
    sys.exit(bool(found))


main()
