#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads a Perfetto trace into Perfetto's own trace processor, and prints the totals of its tables
as JSON, in the form of perfetto_totals.py; what the two do not tell alike stands in "differences".

usage: trace_processor.py TRACE_PROCESSOR_SHELL TRACE

What must be equal: of each tid its sched_slice and thread_state, name and process; of each pid name,
command line, parent, start and end; slices and marks with their thread, track and arguments;
counters. Of an id that was used again both tell the sums, and the name of the last.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

# One row: the text in hexadecimal digits, since the shell quotes nothing. A state that is still open
# has a dur of -1; as in perfetto_totals.py it lasts until the last event.
QUERY = """
select hex(json_object(
  'stats', (select json_group_array(json_array(name, idx, value, severity)) from stats
    where value > 0 and severity in ('error', 'data_loss')),
  'sched_slice', (select json_group_array(json_array(tid, ts, dur))
    from sched_slice join thread using (utid)),
  'thread_state', (select json_group_array(json_array(tid, state, ts, dur))
    from thread_state join thread using (utid)),
  'thread', (select json_group_array(json_array(t.tid, t.name, p.pid))
    from (select * from thread order by utid) t left join process p using (upid)),
  'process', (select json_group_array(json_array(
      p.pid, p.name, p.cmdline, parent.pid, p.start_ts, p.end_ts))
    from (select * from process order by upid) p
    left join process parent on parent.upid = p.parent_upid),
  'slice', (select json_group_array(json_array(s.ts, s.dur, s.name, t.name, thread.tid, s.arg_set_id))
    from slice s join track t on t.id = s.track_id
    left join thread_track tt on tt.id = t.id left join thread using (utid)),
  'args', (select json_group_array(json_array(arg_set_id, key, display_value)) from args
    where key like 'debug.%'),
  'counter', (select json_group_array(json_array(t.name, c.ts, c.value))
    from (select * from counter order by id) c join counter_track t on t.id = c.track_id)
)) as result;
"""


def ask(shell, trace):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as query:
        query.write(QUERY)
        query.flush()
        run = subprocess.run([shell, "-q", query.name, trace], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{shell}: exit {run.returncode}: {run.stderr}")
    header, row = run.stdout.split()
    assert header == '"result"', header
    return json.loads(bytes.fromhex(row.strip('"')))


def decoded(trace):
    decoder = os.path.join(os.path.dirname(__file__), "perfetto_totals.py")
    return json.loads(subprocess.run([sys.executable, decoder, trace], check=True,
                                     capture_output=True).stdout)


def tables(result, end):
    """The rows, summed up as perfetto_totals.py does."""
    def lasts(ts, dur):
        return dur if dur >= 0 else end - ts

    slices = collections.defaultdict(lambda: {"dur_ns": 0, "count": 0})
    for tid, ts, dur in result["sched_slice"]:
        slices[str(tid)]["dur_ns"] += lasts(ts, dur)
        slices[str(tid)]["count"] += 1
    states = collections.defaultdict(collections.Counter)
    for tid, state, ts, dur in result["thread_state"]:
        states[str(tid)][state] += lasts(ts, dur)
    args = collections.defaultdict(dict)
    for number, key, value in result["args"]:
        args[number][key.removeprefix("debug.")] = value
    counters = collections.defaultdict(list)
    for name, ts, value in result["counter"]:
        counters[name].append([ts, value])
    return {
        "errors": {name if idx is None else f"{name}[{idx}]": value
                   for name, idx, value, severity in result["stats"] if severity == "error"},
        "data_losses": {name if idx is None else f"{name}[{idx}]": value
                        for name, idx, value, severity in result["stats"] if severity != "error"},
        "sched_slice": slices,
        "thread_state": states,
        "rows": collections.Counter(str(tid) for tid, name, pid in result["thread"]),
        "thread": {str(tid): {"name": name, "pid": pid} for tid, name, pid in result["thread"]},
        "process": {str(pid): {"name": name, "cmdline": cmdline, "parent": parent, "start_ns": start,
                               "end_ns": end} for pid, name, cmdline, parent, start, end
                    in result["process"]},
        "slice": [{"time_ns": ts, "dur_ns": dur, "name": name, "track": track, "tid": tid,
                   "args": args.get(number, {})} for ts, dur, name, track, tid, number
                  in result["slice"]],
        "counter": counters,
    }


def flat(value, key=""):
    """Arguments as the table args has them: {"a": {"b": [1]}} is {"a.b[0]": "1"}."""
    if isinstance(value, dict):
        for name, inner in value.items():
            name = name.translate(str.maketrans(".[]", "___"))
            yield from flat(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from flat(inner, f"{key}[{number}]")
    else:
        yield key, str(value).lower() if isinstance(value, bool) else str(value)


def sorted_slices(events):
    rows = [[event["time_ns"], event.get("dur_ns", 0), event["name"], event["tid"],
             event["args"]] for event in events]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def differences(ours, real):
    found = []

    def compare(what, mine, other):
        if mine != other:
            found.append(f"{what}: decoder {json.dumps(mine)}, trace processor {json.dumps(other)}")

    # One row for each thread that had the tid, no duplicates.
    for tid, rows in ours["rows"].items():
        if tid != "0":
            compare(f"threads of tid {tid}", rows, real["rows"].get(tid))
    # The trace processor also has rows for tasks of which only the number is known (a parent, a
    # waker, the leader of a thread), and for the idle task.
    for table in ("thread", "process"):
        for number, row in list(real[table].items()):
            only_number = {key for key, value in row.items() if value is not None} <= {"pid"}
            if number == "0" or only_number and row.get("pid") in (None, int(number)):
                del real[table][number]
        for number, row in list(ours[table].items()):
            if number == "0" or not any(row.values()):
                del ours[table][number]
    for table in ("sched_slice", "thread_state", "thread", "process", "counter"):
        for key in sorted(set(ours[table]) | set(real[table])):
            compare(f"{table} {key}", ours[table].get(key), real[table].get(key))
    for event in ours["slice"] + ours["instant"]:
        event["args"] = dict(flat(event["args"]))
    mine = sorted_slices(ours["slice"] + ours["instant"])
    other = sorted_slices(real["slice"])
    compare("number of slices", len(mine), len(other))
    for one, two in zip(mine, other):
        compare("slice", one, two)
    return found


def main(shell, trace):
    ours = decoded(trace)
    real = tables(ask(shell, trace), ours["end_ns"])
    json.dump({**real, "differences": differences(ours, real)}, sys.stdout)


main(*sys.argv[1:])
