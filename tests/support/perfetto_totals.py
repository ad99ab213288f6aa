#!/usr/bin/env python3
"""Reads a Perfetto trace as trace_processor does, and prints the totals of its tables as JSON.

A second opinion on the exporter: shares no code with it, decodes the wire format by hand, and
follows the rules of trace_processor's importers (ftrace_sched_event_tracker.cc,
thread_state_tracker.cc, ftrace_parser.cc, system_probes_parser.cc, track_event_tokenizer.cc) for
the tables sched_slice, thread_state, thread, process, slice and counter, and for its stats of
severity "error". A state that is still open at the end lasts until the last event.
"""
import collections
import json
import struct
import sys


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


def text(message, number):
    return one(message, number, b"").decode("utf-8")  # strict: bad UTF-8 is an error


class Tables:
    def __init__(self):
        self.errors = collections.Counter()
        self.release = ""
        self.clocks = {}
        self.names = {}
        self.pids = {}  # tid -> pid
        self.processes = {}  # pid -> what the process table has
        self.slices = collections.defaultdict(lambda: {"dur_ns": 0, "count": 0})
        self.states = collections.defaultdict(collections.Counter)
        self.running = {}  # cpu -> (tid, since)
        self.open = {}  # tid -> (state, since)
        self.tracks = {}
        self.stacks = collections.defaultdict(list)
        self.events = []
        self.instants = []
        self.counters = collections.defaultdict(list)
        self.lost_bundles = 0
        self.sequences = set()

    # ---- thread_state ----

    def state_name(self, raw):
        if tuple(int(n) for n in self.release.split()[0].split("-")[0].split(".")[:2]) < (4, 14):
            self.errors["kernel_release_unknown"] += 1
        if raw & 0xFE00:
            self.errors["task_state_invalid"] += 1
        names = [(0x100, "R+"), (0x80, "I"), (0x40, "P"), (0x20, "Z"), (0x10, "X"), (8, "t"),
                 (4, "T"), (2, "D"), (1, "S")]
        return "".join(name for bit, name in names if raw & bit) or "R"

    def close(self, tid, now):
        if tid in self.open:
            state, since = self.open[tid]
            self.states[tid][state] += now - since

    def begin(self, tid, state, now):
        if tid != 0:
            self.open[tid] = (state, now)

    def wakes(self, now, tid):
        if tid not in self.open:
            self.begin(tid, "R", now)
        elif self.open[tid][0] not in ("R", "Running"):
            self.close(tid, now)
            self.begin(tid, "R", now)

    # ---- sched_slice ----

    def switches(self, now, cpu, event):
        prev, after = one(event, 2), one(event, 6)
        self.names[prev], self.names[after] = text(event, 1), text(event, 5)
        if cpu in self.running:
            tid, since = self.running[cpu]
            if tid != prev:
                self.errors["mismatched_sched_switch_tids"] += 1
            else:
                self.slices[tid]["dur_ns"] += now - since
        self.slices[after]["count"] += 1
        self.running[cpu] = (after, now)
        if prev in self.open and self.open[prev][0] != "Running":
            self.errors["switched_out_without_running"] += 1
        self.close(prev, now)
        self.begin(prev, self.state_name(one(event, 4)), now)
        self.close(after, now)
        self.begin(after, "Running", now)

    # ---- processes ----

    def process(self, pid):
        return self.processes.setdefault(
            pid, {"name": None, "cmdline": None, "parent": None, "start_ns": None, "end_ns": None})

    def new_task(self, now, source, event):
        tid = one(event, 1)
        self.names[tid] = text(event, 2)
        if one(event, 3) & 0x10000:  # CLONE_THREAD
            if source in self.pids:
                self.pids[tid] = self.pids[source]
        else:
            self.pids[tid] = tid
            self.processes.pop(tid, None)
            self.process(tid).update(name=text(event, 2), start_ns=now,
                                     parent=self.pids.get(source))
        self.begin(tid, "R", now)

    def tree(self, message):
        for raw in message[1]:
            entry = fields(raw)
            if 3 not in entry:
                continue
            words = [word.decode("utf-8") for word in entry[3]]
            process = self.process(one(entry, 1))
            if process["parent"] not in (None, one(entry, 2)):
                self.errors["parent_pid_changed"] += 1
            else:
                process["parent"] = one(entry, 2)
            process.update(name=words[0], cmdline=" ".join(words))
        for raw in message[2]:
            entry = fields(raw)
            self.pids[one(entry, 1)] = one(entry, 3)
            self.process(one(entry, 3))
            self.names.setdefault(one(entry, 1), text(entry, 2))

    def ftrace(self, now, cpu, event):
        tid = one(event, 2)
        if 2 not in event:
            self.errors["ftrace_event_without_pid"] += 1
        if 4 in event:
            self.switches(now, cpu, fields(event[4][0]))
        elif 20 in event:
            self.wakes(now, one(fields(event[20][0]), 2))
        elif 235 in event:
            self.new_task(now, tid, fields(event[235][0]))
        elif 236 in event:
            rename = fields(event[236][0])
            self.names[one(rename, 1)] = text(rename, 3)
        elif 240 in event:
            freed = one(fields(event[240][0]), 2)
            if self.pids.get(freed) == freed:
                self.process(freed)["end_ns"] = now

    # ---- tracks of slices and counters ----

    def descriptor(self, message):
        track = {"name": text(message, 2), "parent": one(message, 5, None),
                 "counter": 8 in message}
        if 4 in message:
            thread = fields(message[4][0])
            track["tid"] = one(thread, 2)
            self.pids.setdefault(one(thread, 2), one(thread, 1))
        if track["parent"] is not None and track["parent"] not in self.tracks:
            self.errors["track_without_parent"] += 1
        self.tracks[one(message, 1)] = track

    def annotation(self, raw):
        message = fields(raw)
        name = text(message, 10)
        if 11 in message:
            return name, dict(self.annotation(entry) for entry in message[11])
        if 12 in message:
            return name, [self.annotation(entry)[1] for entry in message[12]]
        if 6 in message:
            return name, text(message, 6)
        return name, bool(one(message, 2)) if 2 in message else one(message, 3)

    def track_event(self, now, message):
        uuid, kind = one(message, 11), one(message, 9)
        if uuid not in self.tracks:
            self.errors["track_event_without_track"] += 1
            return
        track = self.tracks[uuid]
        args = dict(self.annotation(raw) for raw in message[4])
        if kind == 4:
            self.counters[track["name"]].append([now, one(message, 30)])
        elif kind == 3:
            self.instants.append({"time_ns": now, "name": text(message, 23), "args": args,
                                  "tid": track.get("tid")})
        elif kind == 1:
            parent = self.tracks.get(track["parent"], track)
            self.stacks[uuid].append({"time_ns": now, "name": text(message, 23), "args": args,
                                      "track": track["name"], "tid": parent.get("tid")})
        elif kind == 2:
            if not self.stacks[uuid]:
                self.errors["slice_end_without_begin"] += 1
                return
            begun = self.stacks[uuid].pop()
            begun["dur_ns"] = now - begun["time_ns"]
            self.events.append(begun)


def main(path):
    with open(path, "rb") as file:
        trace = fields(file.read())
    tables = Tables()
    queue = []  # (time, order, what, ...): trace_processor sorts all that has a time
    for order, raw in enumerate(trace[1]):
        packet = fields(raw)
        now = one(packet, 8)
        if 10 in packet:
            sequence = one(packet, 10)
            if sequence not in tables.sequences and not one(packet, 13) & 1:
                tables.errors["sequence_without_cleared_state"] += 1
            tables.sequences.add(sequence)
        if 45 in packet:
            tables.release = text(fields(fields(packet[45][0])[1][0]), 3)
        elif 6 in packet:
            snapshot = fields(packet[6][0])
            for clock in map(fields, snapshot[1]):
                tables.clocks[one(clock, 1)] = one(clock, 2)
            tables.clocks["primary"] = one(snapshot, 2)
        elif 60 in packet:
            tables.descriptor(fields(packet[60][0]))
        elif 2 in packet:
            queue.append((now, order, "tree", fields(packet[2][0])))
        elif 11 in packet:
            if now == 0:
                tables.errors["track_event_missing_timestamp"] += 1
            queue.append((now, order, "track_event", fields(packet[11][0])))
        elif 1 in packet:
            bundle = fields(packet[1][0])
            tables.lost_bundles += one(bundle, 3)
            for event in map(fields, bundle[2]):
                queue.append((one(event, 1), order, "ftrace", one(bundle, 1), event))
        else:
            tables.errors["unknown_packet"] += 1
    queue.sort(key=lambda entry: entry[:2])
    for entry in queue:
        getattr(tables, entry[2])(*([] if entry[2] == "tree" else entry[:1]), *entry[3:])
    end = queue[-1][0] if queue else 0
    for tid, since in tables.running.values():
        tables.slices[tid]["dur_ns"] += end - since
    for tid in list(tables.open):
        tables.close(tid, end)
    tables.errors["slices_left_open"] += sum(map(len, tables.stacks.values()))
    json.dump({
        "errors": {name: count for name, count in tables.errors.items() if count},
        "clocks": tables.clocks, "release": tables.release, "end_ns": end,
        "lost_bundles": tables.lost_bundles, "sched_slice": tables.slices,
        "thread_state": tables.states, "process": tables.processes,
        "thread": {tid: {"name": name, "pid": tables.pids.get(tid)}
                   for tid, name in tables.names.items()},
        "slice": tables.events, "instant": tables.instants, "counter": tables.counters,
    }, sys.stdout)


main(sys.argv[1])
