#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which sources can be compiled as one unit: source_batches.py SIZE FILE... prints "NUMBER FILE" lines.

Most of a compiler's time goes into the libraries' headers, again for each file. Files of a batch must
not use a name twice. What their unnamed namespaces declare is compared, and their types and constants
with those of all headers, which another file of the batch may include.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

UNNAMED = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.M | re.S)
DECLARED = re.compile(r"^(?!return\b)[A-Za-z_][\w:<>,\s*&\[\]]*?[\s*&](\w+)\s*(?:[(={;\[]|: )", re.M)
TYPE_OR_CONSTANT = re.compile(
    r"^(?:struct|class|enum class|enum|using) (\w+)|^(?:inline )?constexpr [^=({]*?\b(k\w+)", re.M)
MACRO = re.compile(r"^#\s*define (\w+)", re.M)


def names_of_headers():
    names = set()
    for folder in ("userspace", "tests"):
        for path in (ROOT / folder).rglob("*.hpp"):
            for type_name, constant in TYPE_OR_CONSTANT.findall(path.read_text(encoding="utf-8")):
                names.add(type_name or constant)
    return names


def names_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    names = {name for part in UNNAMED.findall(text) for name in DECLARED.findall(part)}
    names |= set(MACRO.findall(text))
    return names | {"main"} if re.search(r"^int main\(", text, re.M) else names


def batches_of(files, size):
    batches, lone, taken = [], [], names_of_headers()
    for path in files:
        names = names_of(path)
        if names & taken:
            lone.append([path])
            continue
        for batch, used in batches:
            if len(batch) < size and not names & used:
                batch.append(path)
                used |= names
                break
        else:
            batches.append(([path], set(names)))
    return [batch for batch, _ in batches] + lone


def main():
    for number, batch in enumerate(batches_of(sys.argv[2:], int(sys.argv[1]))):
        for path in batch:
            print(number, path)


if __name__ == "__main__":
    main()
