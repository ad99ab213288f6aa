#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the tree that a script can check (docs/architecture.md): which folder may include
which, how long a file may be, and which names say nothing. Prints each violation; exit code 1 when
there is one.

usage: check_includes.py [ROOT]    (default: the tree that this script is in)
"""
import pathlib
import re
import sys

# ---- userspace/: a folder may include itself and the folders that its row names ----
CORE = ["base", "event", "stream", "probe", "model", "view", "output"]
MAY = {
    "base": [],
    "event": ["base"],
    "stream": ["base", "event"],
    "probe": ["base"],
    "model": ["base", "event"],
    "view": ["base", "event", "model", "probe"],
    "output": ["base", "event", "model", "view"],
    "lab": ["base"],
    "command": CORE + ["lab"],
    "live": ["base", "event", "stream", "probe"],
    "cli": CORE + ["command", "lab"],
    "terminal": ["base", "view"],
    "http": ["base", "view"],
    "main.cpp": CORE + ["command", "cli", "http", "lab", "live", "terminal"],
}
# Headers of other projects that only some folders may include.
OWNED = {
    "bpf/": ["live"],
    "CLI/": ["cli"],
    "curses.h": ["terminal"],
    "nlohmann/": ["lab", "view", "output"],
    "microhttpd.h": ["http"],
    "prometheus/": ["http"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')

# ---- sizes and names ----
MAX_LINES = 500
CODE = {".cpp", ".hpp", ".c", ".h", ".py", ".sh", ".js"}
LONG_BY_NATURE = {"vmlinux/vmlinux.h"}  # one list of kernel types
BANNED = ["manager", "helper", "util", "utils", "common", "misc", "data", "info", "handler"]
# The subcommand `info` is what users call it; data.js has the data of the HTML page.
NAMED_SO = {"command/info.cpp", "cli/info_options.cpp", "view/info_view.cpp", "view/info_view.hpp",
            "output/html/data.js"}
TYPE = re.compile(r"^\s*(?:class|struct|enum class|enum)\s+(\w+)[^;]*$")


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, *match.groups()


def include_breaches(root):
    """userspace/: no include runs upwards."""
    for path in sorted(root.rglob("*.[ch]pp")):
        folder = path.relative_to(root).parts[0]
        if folder not in MAY:
            yield f"{path}: no such folder; add it to MAY in scripts/check_includes.py"
            continue
        for number, quote, target in includes(path):
            other = target.split("/")[0]
            where = f"{path}:{number}: {folder} includes {target}"
            if quote == '"' and other in MAY and other != folder and other not in MAY[folder]:
                yield f"{where}: {folder} may not know {other}"
            if quote == '"' and target.startswith(".."):
                yield f"{where}: paths begin at userspace/"
            for prefix, owners in OWNED.items():
                if target.startswith(prefix) and folder not in owners:
                    yield f"{where}: that belongs to {', '.join(owners)}"


def family_breaches(root):
    """bpf/: a header that families share includes none of them; no family includes another."""
    for path in sorted(root.rglob("*.[ch]")):
        parts = path.relative_to(root).parts
        if path.name == "abi_layout.bpf.c":  # has all of the ABI on purpose
            continue
        family = parts[0] if len(parts) > 1 else None
        if family is None and path.suffix == ".c":  # a program of several families
            continue
        for number, quote, target in includes(path):
            other = target.split("/")[0]
            if quote != '"' or "/" not in target or other in ("events", family):
                continue
            if (root / other).is_dir():
                yield f"{path}:{number}: {family or 'shared code'} may not know {other}"


def words_of(name):
    return re.findall(r"[a-z0-9]+|[A-Z][a-z0-9]*", name)


def size_and_name_breaches(root):
    for folder in ("bpf", "scripts", "tests", "userspace", "vmlinux"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in CODE or not path.is_file() or "__pycache__" in path.parts:
                continue
            inside = str(path.relative_to(root))
            lines = path.read_text().splitlines()
            if len(lines) > MAX_LINES and inside not in LONG_BY_NATURE:
                yield f"{path}: {len(lines)} lines; split it before {MAX_LINES}"
            named_so = inside.removeprefix("userspace/") in NAMED_SO
            for word in words_of(path.name.split(".")[0]):
                if word.lower() in BANNED and not named_so:
                    yield f"{path}: '{word}' says nothing; name the file after its idea"
            if path.suffix not in (".cpp", ".hpp"):
                continue
            for number, line in enumerate(lines, 1):
                match = TYPE.match(line)
                for word in words_of(match.group(1)) if match else []:
                    if word.lower() in BANNED:
                        yield f"{path}:{number}: '{match.group(1)}': '{word}' says nothing"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    found = [
        *include_breaches(root / "userspace"),
        *family_breaches(root / "bpf"),
        *size_and_name_breaches(root),
    ]
    print("\n".join(found) if found else "the tree keeps its rules")
    sys.exit(bool(found))


main()
