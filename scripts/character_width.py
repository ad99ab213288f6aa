#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes userspace/base/character_width.cpp from the Unicode Character Database that Python has.

usage: character_width.py [--check]    --check: exit code 1 when the file is not what would be
                                        made, 77 when this Python has another version of Unicode
"""
import pathlib
import sys
import unicodedata

FILE = pathlib.Path(__file__).resolve().parent.parent / "userspace/base/character_width.cpp"
VERSION = "14.0.0"

HEAD = f"""// SPDX-License-Identifier: GPL-2.0-or-later
// Made by scripts/character_width.py from Unicode {VERSION}: do not edit.
#include "base/character_width.hpp"

#include <algorithm>
#include <iterator>

namespace hoodtrace {{
namespace {{

struct Range {{
  std::uint32_t first;
  std::uint32_t last;
}};

"""
TAIL = """
template <std::size_t Count>
bool is_in(const Range (&ranges)[Count], std::uint32_t code) {
  const Range* found =
      std::partition_point(std::begin(ranges), std::end(ranges),
                           [code](const Range& range) { return range.last < code; });
  return found != std::end(ranges) && found->first <= code;
}

}  // namespace

std::size_t character_width(std::uint32_t code) {
  if (code < kFirstNarrow) return 1;
  if (is_in(kZero, code)) return 0;
  return is_in(kWide, code) ? 2 : 1;
}

}  // namespace hoodtrace
"""


def width(code):
    """Columns on a terminal: UAX #11 for wide ones; marks and format characters take none."""
    character = chr(code)
    # The vowels and final consonants of Hangul are drawn into the syllable before them.
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0
    # A soft hyphen is drawn where a terminal shows it at all.
    if code != 0xAD and unicodedata.category(character) in ("Mn", "Me", "Cf", "Zl", "Zp"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def ranges(wanted):
    first = None
    for code in range(0xA0, 0x110001):
        has = code < 0x110000 and width(code) == wanted
        if has and first is None:
            first = code
        if not has and first is not None:
            yield first, code - 1
            first = None


def table(name, comment, wanted):
    lines = [f"// {comment}", f"constexpr Range {name}[] = {{"]
    line = "   "
    for first, last in ranges(wanted):
        entry = f" {{0x{first:x}, 0x{last:x}}},"
        if len(line) + len(entry) > 100:
            lines.append(line)
            line = "   "
        line += entry
    return "\n".join(lines + [line, "};\n"])


def main():
    if unicodedata.unidata_version != VERSION:
        print(f"cannot run here: this Python has Unicode {unicodedata.unidata_version}, not {VERSION}")
        sys.exit(77)
    text = (
        HEAD
        + f"constexpr std::uint32_t kFirstNarrow = 0x{min(next(ranges(0))[0], next(ranges(2))[0]):x};\n\n"
        + "// clang-format off\n"
        + table("kZero", "Combining marks and format characters.", 0)
        + "\n"
        + table("kWide", "East Asian wide and full-width characters, emoji among them.", 2)
        + "// clang-format on\n"
        + TAIL
    )
    if sys.argv[1:] == ["--check"]:
        same = FILE.read_text() == text
        print("up to date" if same else f"{FILE} is not what {sys.argv[0]} makes")
        sys.exit(not same)
    FILE.write_text(text)


main()
