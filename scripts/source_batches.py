#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which sources can be compiled as one unit: source_batches.py SIZE FILE... prints "NUMBER FILE" lines.

Most of a compiler's time goes into the libraries' headers, again for each file. Files of a batch must
not use a name twice: neither two unnamed namespaces, nor one of them and a header's type or constant that
only another file of the batch includes.
"""

import collections
import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

UNNAMED = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.M | re.S)
DECLARED = re.compile(r"^(?!return\b)[A-Za-z_][\w:<>,\s*&\[\]]*?[\s*&](\w+)\s*(?:[(={;\[]|: )", re.M)
TYPE_OR_CONSTANT = re.compile(
    r"^(?:struct|class|enum class|enum|using) (\w+)|^(?:inline )?constexpr [^=({]*?\b(k\w+)", re.M)
ENUM = re.compile(r"^enum (?!class\b)[^{;]*\{([^}]*)\}", re.M)
MACRO = re.compile(r"^#\s*define (\w+)", re.M)
INCLUDED = re.compile(r'^#\s*include "([^"]+)"', re.M)
# Where an include's path begins, besides the folder of the file that has it.
FOLDERS = [ROOT / "userspace", ROOT / "tests", ROOT / "bpf", ROOT]


@functools.cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@functools.cache
def names_of_header(path):
    return {one or other for one, other in TYPE_OR_CONSTANT.findall(text_of(path))}


@functools.cache
def calls_of(path):
    return set(re.findall(r"\w+(?=\()", text_of(path)))


@functools.cache
def included_by(path):
    """The project's headers that a file includes itself."""
    found = set()
    for name in INCLUDED.findall(text_of(path)):
        places = (folder / name for folder in [path.parent, *FOLDERS])
        found |= {place for place in places if place.suffix != ".inc" and place.is_file()}
    return found


def headers_of(path):
    """Those that they include too."""
    found, left = set(), [path]
    while left:
        new = included_by(left.pop()) - found
        found |= new
        left.extend(new)
    return found


class Source:
    def __init__(self, path):
        self.path = path
        place = pathlib.Path(path).resolve()
        self.text = text_of(place)
        self.headers = headers_of(place)
        self.macros = set(MACRO.findall(self.text))
        self.names = set()
        for part in UNNAMED.findall(self.text):
            self.names |= set(DECLARED.findall(part))
            for body in ENUM.findall(part):
                self.names |= set(re.findall(r"\bk\w+", body))
        self.names |= self.macros
        if re.search(r"^int main\(", self.text, re.M):
            self.names.add("main")

    def can_rename(self, name):
        """Whether all of the name in the file can get another one: no member is called so."""
        return not (
            name in self.macros | {"main"}
            or re.search(rf"(?:\.|->|::){name}\b", self.text))

    def meets_headers_of(self, other):
        return any(self.names & names_of_header(header) for header in other.headers - self.headers)

    def fits(self, other, rename):
        twice = self.names & other.names
        if rename:
            twice = {name for name in twice if not (self.can_rename(name) and other.can_rename(name))}
        return not (twice or self.meets_headers_of(other) or other.meets_headers_of(self))


def batches_of(files, size, rename=False):
    """Lists of files. With rename a name may be twice in a batch where renamed() can mend it."""
    sources = [Source(path) for path in files]
    often = collections.Counter(name for source in sources for name in source.names)
    # Those of the most frequent names first: each of them needs a batch of its own.
    sources.sort(key=lambda source: -max((often[name] for name in source.names), default=0))
    batches = []
    for source in sources:
        for batch in batches:
            if len(batch) < size and all(source.fits(other, rename) for other in batch):
                batch.append(source)
                break
        else:
            batches.append([source])
    return [[source.path for source in batch] for batch in batches]


def renamed(files, folder):
    """The text of a unit of these files, each name of whose unnamed namespaces is there once.

    Copies of the files with the other names, line for line the same, are laid below folder. A macro would
    do as well, but what comes from a macro many checks leave out.
    """
    sources = [Source(path) for path in files]
    headers = sorted({header for source in sources for header in source.headers})
    lines = [f'#include "{header}"' for header in headers]
    often = collections.Counter(name for source in sources for name in source.names)
    for number, source in enumerate(sources):
        others = set().union(*(calls_of(header) for header in headers if header not in source.headers))
        names = [
            name for name in source.names
            if (often[name] > 1 or name in others) and source.can_rename(name)]
        place = pathlib.Path(source.path).resolve()
        if names:
            # Not in an include's path.
            text = re.sub(
                rf"^#include.*|\b({'|'.join(names)})\b",
                lambda found, end=f"_{number}": found[0] + (end if found[1] else ""), source.text, flags=re.M)
            place = pathlib.Path(folder).resolve() / place.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        lines.append(f'#include "{place}"')
    return "".join(line + "\n" for line in lines)


def main():
    for number, batch in enumerate(batches_of(sys.argv[2:], int(sys.argv[1]))):
        for path in batch:
            print(number, path)


if __name__ == "__main__":
    main()
