# SPDX-License-Identifier: GPL-2.0-or-later
"""Protocol buffers by hand: messages as their fields."""
import collections
import struct


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """The fields of a message: number -> list of values (ints, or bytes)."""
    found = collections.defaultdict(list)
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            (value,) = struct.unpack_from("<Q", data, at)
            at += 8
        elif kind == 2:
            size, at = varint(data, at)
            if at + size > len(data):
                raise ValueError("a message ends too early")
            value = data[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {kind}")
        found[key >> 3].append(value)
    return found


def one(message, number, default=0):
    return message[number][-1] if number in message else default


def double(bits):
    """The number of a field of the type double."""
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def text(message, number):
    return one(message, number, b"").decode("utf-8")  # strict: bad UTF-8 is an error
