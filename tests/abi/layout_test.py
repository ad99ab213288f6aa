#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ABI as the BPF compiler lays it out against the C++ compiler: layout_test.py BPFTOOL OBJECT CXX INCLUDE

Reads the BTF of abi_layout.bpf.o, checks the rules of the house (fixed-width integers, no implicit
padding, size a multiple of 8), and has the C++ compiler assert every size and offset.
"""
import json
import subprocess
import sys
import tempfile

FIXED = {"__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64"}


class Layout:
    def __init__(self, types):
        self.types = {t["id"]: t for t in types}

    def named(self, kind):
        return {t["name"]: t for t in self.types.values() if t["kind"] == kind}

    def size(self, type_id):
        t = self.types[type_id]
        if t["kind"] == "ARRAY":
            return t["nr_elems"] * self.size(t["type_id"])
        if t["kind"] in ("INT", "STRUCT"):
            return t["size"]
        return self.size(t["type_id"])

    def complaint(self, type_id):
        """Why the type may not be in the ABI; empty when it may."""
        t = self.types[type_id]
        if t["kind"] == "ARRAY":
            return self.complaint(t["type_id"])
        if t["kind"] == "STRUCT" and t["name"].startswith("ht_"):
            return ""
        if t["kind"] == "TYPEDEF" and t["name"] in FIXED:
            return ""
        if t["kind"] == "INT" and t["name"] == "char":
            return ""
        return f"{t['kind']} {t.get('name', '')} is no fixed-width integer"


def check_struct(layout, struct):
    problems = []
    end = 0
    for member in struct["members"]:
        where = f"{struct['name']}.{member['name']}"
        if member.get("bitfield_size"):
            problems.append(f"{where}: a bit-field")
        complaint = layout.complaint(member["type_id"])
        if complaint:
            problems.append(f"{where}: {complaint}")
        offset = member["bits_offset"] // 8
        if offset != end:
            problems.append(f"{where}: {offset - end} bytes of implicit padding before it")
        end = offset + layout.size(member["type_id"])
    if end != struct["size"]:
        problems.append(f"{struct['name']}: {struct['size'] - end} bytes of implicit padding at its end")
    if struct["size"] % 8:
        problems.append(f"{struct['name']}: size {struct['size']} is no multiple of 8")
    return problems


def assertions(structs):
    headers = ['<cstddef>', '"faults/direct_map.h"', '"events.h"', '"settings.h"']
    lines = [f"#include {header}" for header in headers]
    for struct in structs:
        lines.append(f"static_assert(sizeof({struct['name']}) == {struct['size']});")
        for member in struct["members"]:
            lines.append(
                f"static_assert(offsetof({struct['name']}, {member['name']}) == {member['bits_offset'] // 8});"
            )
    return "\n".join(lines) + "\n"


def main():
    bpftool, target, compiler, include = sys.argv[1:]
    dump = subprocess.run([bpftool, "-j", "btf", "dump", "file", target], check=True, capture_output=True)
    layout = Layout(json.loads(dump.stdout)["types"])
    structs = [s for name, s in sorted(layout.named("STRUCT").items()) if name.startswith("ht_")]
    if not structs:
        sys.exit(f"{target} holds no ht_ struct")
    problems = [p for struct in structs for p in check_struct(layout, struct)]
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write(assertions(structs))
        source.flush()
        command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", source.name]
        compiled = subprocess.run(command, capture_output=True, text=True)
        if compiled.returncode:
            problems.append(compiled.stderr)
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(structs)} structs are laid out alike")


main()
