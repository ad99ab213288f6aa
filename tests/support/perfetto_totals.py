#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a Perfetto trace as trace_processor does, and prints the totals of its tables as JSON.

A second opinion on the exporter: shares no code with it, decodes the wire format by hand, and
follows the rules of trace_processor's importers (ftrace_sched_event_tracker.cc,
thread_state_tracker.cc, ftrace_parser.cc, system_probes_parser.cc, track_event_tokenizer.cc) for
the tables sched_slice, thread_state, thread, process, slice and counter, and for its stats of
severity "error". A state that is still open at the end lasts until the last event.

Events are sorted as TraceSorter does it: by time, then by queue (packets first, then each CPU's
ftrace events), then as they stand in the file. Ids that stand for texts (interned data) are an
error unless their sequence defined them since it last cleared its state.
"""
import collections
import json
import sys

from perfetto_wire import double, fields, one, text


class Tables:
    def __init__(self):
        self.errors = collections.Counter()
        self.release = ""
        self.clocks = {}
        self.names = {}
        self.named_by_tree = set()  # the tids whose names ftrace events do not change
        self.pids = {}  # tid -> pid
        # tids: named by a process tree or a birth; with a track but not named; dead
        self.described, self.early, self.freed = set(), set(), set()
        self.alive = set()  # tids that stand for a row of the table thread
        self.rows = collections.Counter()  # tid -> how many threads had it
        self.processes = {}  # pid -> what the process table has
        self.slices = collections.defaultdict(lambda: {"dur_ns": 0, "count": 0})
        self.states = collections.defaultdict(collections.Counter)
        self.running = {}  # cpu -> (tid, since)
        self.open = {}  # tid -> (state, since)
        self.never_closed = []  # the last states of threads whose tids were used again
        self.tracks = {}
        self.stacks = collections.defaultdict(list)
        self.events = []
        self.instants = []
        self.flows = {}  # id -> the tid where it is
        self.arrows = []
        self.counters = collections.defaultdict(list)
        self.lost_bundles = 0
        self.describers = set()  # sequences that describe threads
        self.interned = {}  # sequence -> (field of InternedData, id) that it has defined
        self.unsorted = 0  # ftrace events that stand behind later ones of their CPU
        self.newest = {}  # cpu -> the time of its last event in the file

    # ---- sequences ----

    CLEARED, NEEDED = 1, 2  # TracePacket.sequence_flags
    EVENT_CATEGORIES, EVENT_NAMES, ANNOTATION_NAMES = 1, 2, 3  # InternedData

    def sequence(self, packet):
        number, flags = one(packet, 10), one(packet, 13)
        if number == 0:
            if 11 in packet or 60 in packet or 12 in packet or flags:
                self.errors["packet_without_sequence"] += 1
            return
        if flags & self.CLEARED:
            self.interned[number] = set()
        elif number not in self.interned:
            self.errors["sequence_without_cleared_state"] += 1
            self.interned[number] = set()
        for raw in packet[12]:
            for field, entries in fields(raw).items():
                for entry in map(fields, entries):
                    if one(entry, 1) == 0:
                        self.errors["interned_id_of_zero"] += 1
                    self.interned[number].add((field, one(entry, 1)))

    def is_defined(self, sequence, field, number):
        if (field, number) not in self.interned.get(sequence, ()):
            self.errors["interned_id_not_defined"] += 1

    # ---- thread_state ----

    def state_name(self, raw):
        major, minor = (self.release.split(".") + ["", ""])[:2]  # what is behind a second dot aside
        if not (major.isdigit() and minor.isdigit()) or (int(major), int(minor)) < (4, 14):
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

    def thread_of(self, tid):
        if tid not in self.alive:
            self.alive.add(tid)
            self.rows[tid] += 1

    def ftrace_names(self, tid, name):
        self.thread_of(tid)
        if name and tid not in self.named_by_tree:
            self.names[tid] = name
        self.names.setdefault(tid, None)

    def switches(self, now, cpu, event):
        prev, after = one(event, 2), one(event, 6)
        self.ftrace_names(prev, text(event, 1))
        self.ftrace_names(after, text(event, 5))
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
        if tid in self.early:
            self.errors["thread_born_after_its_track"] += 1
        self.described.add(tid)
        if tid in self.open:
            self.never_closed.append((tid, *self.open.pop(tid)))
        self.alive.discard(tid)
        self.thread_of(tid)
        self.freed.discard(tid)
        self.named_by_tree.discard(tid)
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
            self.pids.setdefault(one(entry, 2), one(entry, 2))
            self.pids.setdefault(one(entry, 1), one(entry, 1))
            process = self.process(one(entry, 1))
            if process["parent"] not in (None, one(entry, 2)):
                self.errors["parent_pid_changed"] += 1
            else:
                process["parent"] = one(entry, 2)
            process.update(name=words[0].split(" ")[0] if len(words) == 1 else words[0],
                           cmdline=" ".join(words))
        for raw in message[2]:
            entry = fields(raw)
            if one(entry, 1) in self.freed:
                self.errors["tree_of_a_freed_thread"] += 1
            self.thread_of(one(entry, 1))
            self.pids[one(entry, 1)] = one(entry, 3)
            self.process(one(entry, 3))
            self.names[one(entry, 1)] = text(entry, 2)
            self.named_by_tree.add(one(entry, 1))
            self.described.add(one(entry, 1))
            self.early.discard(one(entry, 1))

    def ftrace_bundle(self, bundle, add):
        if 1 not in bundle or one(bundle, 1) >= 1024:
            self.errors["ftrace_bundle_without_cpu"] += 1
            return
        cpu = one(bundle, 1)
        self.lost_bundles += one(bundle, 3)
        if not bundle[2] and not one(bundle, 3):
            self.errors["ftrace_bundle_empty"] += 1
        if one(bundle, 5):  # an FtraceClock: without one it is the boot clock
            self.errors["ftrace_clock_not_boottime"] += 1
        for event in map(fields, bundle[2]):
            if one(event, 1) == 0:
                self.errors["ftrace_event_without_timestamp"] += 1
            if sum(number > 2 for number in event) != 1:
                self.errors["ftrace_event_not_one_message"] += 1
            self.unsorted += one(event, 1) < self.newest.get(cpu, 0)
            self.newest[cpu] = max(self.newest.get(cpu, 0), one(event, 1))
            add(one(event, 1), cpu + 1, "ftrace", cpu, event)

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
            self.ftrace_names(one(rename, 1), text(rename, 3))
            if self.pids.get(one(rename, 1)) == one(rename, 1):
                self.process(one(rename, 1))["name"] = text(rename, 3)
        elif 240 in event:
            freed = one(fields(event[240][0]), 2)
            if self.pids.get(freed) == freed:
                self.process(freed)["end_ns"] = now
                dead = {tid for tid, pid in self.pids.items() if pid == freed}
                self.freed |= dead
                self.described -= dead
                self.alive -= dead

    # ---- tracks of slices and counters ----

    def thread_track(self, tid):
        """At the time of its descriptor, and of its events: Perfetto looks for the thread, and makes
        one when none lives."""
        if tid in self.freed:
            self.errors["track_of_a_freed_thread"] += 1
        if tid not in self.described:
            self.early.add(tid)
        self.thread_of(tid)

    def descriptor(self, message):
        if one(message, 1) == 0:
            self.errors["track_without_uuid"] += 1
        track = {"name": text(message, 2), "parent": one(message, 5, None),
                 "counter": 8 in message}
        if self.tracks.get(one(message, 1), {}).get("name", track["name"]) != track["name"]:
            self.errors["track_descriptors_differ"] += 1
        if 4 in message:
            thread = fields(message[4][0])
            if 1 not in thread or 2 not in thread or one(thread, 1) == 0:
                self.errors["thread_descriptor_without_pid_or_tid"] += 1
            track["tid"] = one(thread, 2)
            self.pids.setdefault(one(thread, 2), one(thread, 1))
        if track["parent"] is not None and track["parent"] not in self.tracks:
            self.errors["track_without_parent"] += 1
        self.tracks[one(message, 1)] = track

    def annotation(self, raw, sequence, named=True):
        message = fields(raw)
        name = text(message, 10)
        if 1 in message:
            self.is_defined(sequence, self.ANNOTATION_NAMES, one(message, 1))
        elif named and not name:
            self.errors["annotation_without_name"] += 1
        if 11 in message:
            return name, dict(self.annotation(entry, sequence) for entry in message[11])
        if 12 in message:
            return name, [self.annotation(entry, sequence, False)[1] for entry in message[12]]
        if 6 in message:
            return name, text(message, 6)
        return name, bool(one(message, 2)) if 2 in message else one(message, 3)

    def track_event(self, now, sequence, message):
        uuid, kind = one(message, 11), one(message, 9)
        for number in message[3]:
            self.is_defined(sequence, self.EVENT_CATEGORIES, number)
        for number in message[10]:
            self.is_defined(sequence, self.EVENT_NAMES, number)
        if kind not in (1, 2, 3, 4):
            self.errors["track_event_without_type"] += 1
        if kind in (1, 3) and 23 not in message and 10 not in message:
            self.errors["track_event_without_name"] += 1
        if uuid not in self.tracks:
            self.errors["track_event_without_track"] += 1
            return
        track = self.tracks[uuid]
        tid = self.tracks.get(track["parent"], track).get("tid")
        if tid is not None:
            self.thread_track(tid)
        elif sequence in self.describers:
            self.errors["event_of_no_thread_in_a_threads_sequence"] += 1
        # counter_value, or double_counter_value
        if track["counter"] != (kind == 4) or (kind == 4) != (30 in message or 44 in message):
            self.errors["counter_mismatch"] += 1
        args = dict(self.annotation(raw, sequence) for raw in message[4])
        if kind == 4:
            value = double(one(message, 44)) if 44 in message else one(message, 30)
            self.counters[track["name"]].append([now, value])
        elif kind == 3:
            self.instants.append({"time_ns": now, "name": text(message, 23), "args": args,
                                  "tid": tid})
            # Trace processor draws an arrow from each event of a flow to the next one.
            for flow in message[47]:
                self.flows[flow] = tid
            for flow in message[48]:
                if flow not in self.flows:
                    self.errors["flow_without_begin"] += 1
                self.arrows.append({"time_ns": now, "from": self.flows.pop(flow, None), "to": tid})
        elif kind == 1:
            self.stacks[uuid].append({"time_ns": now, "name": text(message, 23), "args": args,
                                      "track": track["name"], "tid": tid})
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
    queue = []  # (time, queue, order, what, ...)

    def add(now, number, *what):
        queue.append((now, number, len(queue), *what))

    for raw in trace[1]:
        packet = fields(raw)
        now = one(packet, 8)
        tables.sequence(packet)
        if one(packet, 58):  # timestamp_clock_id: ours is the trace's
            tables.errors["packet_clock_unknown"] += 1
        if 59 in packet:  # TracePacketDefaults: nothing above knows them
            tables.errors["packet_defaults"] += 1
        if 45 in packet:
            tables.release = text(fields(fields(packet[45][0])[1][0]), 3)
        elif 6 in packet:
            snapshot = fields(packet[6][0])
            for clock in map(fields, snapshot[1]):
                tables.clocks[one(clock, 1)] = one(clock, 2)
            tables.clocks["primary"] = one(snapshot, 2)
        elif 60 in packet:
            message = fields(packet[60][0])
            tables.descriptor(message)
            if 4 in message:
                tables.describers.add(one(packet, 10))
            if 4 in message and now == 0:
                tables.errors["thread_track_without_timestamp"] += 1
            elif 4 in message:
                add(now, 0, "thread_track", one(fields(message[4][0]), 2))
        elif 2 in packet:
            if now == 0:
                tables.errors["process_tree_without_timestamp"] += 1
            add(now, 0, "tree", fields(packet[2][0]))
        elif 11 in packet:
            if now == 0:
                tables.errors["track_event_missing_timestamp"] += 1
            add(now, 0, "track_event", one(packet, 10), fields(packet[11][0]))
        elif 1 in packet:
            tables.ftrace_bundle(fields(packet[1][0]), add)
        else:
            tables.errors["unknown_packet"] += 1
    queue.sort(key=lambda entry: entry[:3])
    for entry in queue:
        timeless = entry[3] in ("tree", "thread_track")
        getattr(tables, entry[3])(*([] if timeless else entry[:1]), *entry[4:])
    end = queue[-1][0] if queue else 0
    for tid, since in tables.running.values():
        tables.slices[tid]["dur_ns"] += end - since
    for tid in list(tables.open):
        tables.close(tid, end)
    for tid, state, since in tables.never_closed:
        tables.states[tid][state] += end - since
    tables.errors["slices_left_open"] += sum(map(len, tables.stacks.values()))
    json.dump({
        "errors": {name: count for name, count in tables.errors.items() if count},
        "clocks": tables.clocks, "release": tables.release, "end_ns": end,
        "lost_bundles": tables.lost_bundles, "unsorted": tables.unsorted, "sched_slice": tables.slices,
        "thread_state": tables.states, "rows": tables.rows, "process": tables.processes,
        "thread": {tid: {"name": name, "pid": tables.pids.get(tid)}
                   for tid, name in tables.names.items()},
        "arrow": tables.arrows, "slice": tables.events, "instant": tables.instants, "counter": tables.counters,
    }, sys.stdout)


main(sys.argv[1])
