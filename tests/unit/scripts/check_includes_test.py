#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_includes.py finds each breach that is planted in a small tree, and none without."""
import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).resolve().parents[3] / "scripts" / "check_includes.py"

# file, its text, and a part of what has to be said about it
BREACHES = [
    ("userspace/event/up.hpp", '#include "view/table.hpp"\n', "event may not know view"),
    ("userspace/model/up.cpp", '  #  include "output/sink.hpp"\n', "model may not know output"),
    ("userspace/view/x.cpp", "#include <CLI/CLI.hpp>\n", "that belongs to cli"),
    ("userspace/live/x.cpp", '#include "../model/x.hpp"\n', "paths begin at userspace/"),
    ("userspace/new/x.cpp", "\n", "no such folder"),
    ("bpf/faults/x.bpf.c", '#include "cache/file.bpf.h"\n', "faults may not know cache"),
    ("bpf/emit.bpf.h", '#include "cache/file.bpf.h"\n', "shared code may not know cache"),
    ("userspace/base/long.cpp", "\n" * 501, "501 lines"),
    ("tests/unit/long_test.py", "\n" * 501, "501 lines"),
    ("userspace/base/file_utils.hpp", "\n", "'utils' says nothing"),
    ("bpf/helper.bpf.h", "\n", "'helper' says nothing"),
    ("userspace/view/x.hpp", "class TaskManager {\n};\n", "'TaskManager': 'Manager'"),
    ("userspace/view/x.hpp", "struct RowInfo : Base {\n};\n", "'RowInfo': 'Info'"),
]
CLEAN = [
    ("userspace/base/fd.hpp", "\n" * 500),
    ("userspace/view/table.hpp", '#include "base/fd.hpp"\nclass Table;\nstruct Database {};\n'),
    ("userspace/command/info.cpp", '#include "view/table.hpp"\n'),
    ("bpf/cache/file.bpf.h", '#include "emit.bpf.h"\n#include "events/cache.h"\n'),
    ("bpf/emit.bpf.h", "\n"),
    ("vmlinux/vmlinux.h", "\n" * 600),
]


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files:
            path = pathlib.Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)


def main():
    failures = []
    clean = run(CLEAN)
    if clean.returncode != 0:
        failures.append(f"a clean tree: {clean.stdout}{clean.stderr}")
    for name, text, expected in BREACHES:
        found = run([file for file in CLEAN if file[0] != name] + [(name, text)])
        if found.returncode != 1 or expected not in found.stdout or len(found.stdout.splitlines()) != 1:
            failures.append(f"{name}: expected '{expected}', got: {found.stdout}{found.stderr}")
    print("\n".join(failures) if failures else f"{len(BREACHES)} planted breaches found")
    sys.exit(bool(failures))


main()
