#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Page faults, copies, misses and block requests of hoodtrace serve, each against an independent count of
processes of our own: faults_disk_test.py HOODTRACE CASE"""
import mmap
import os
import pathlib
import re
import resource
import sys
import tempfile

from serve_run import NS, Cgroups, Serve, Worker, check, equal, skip

HOODTRACE, CASE = sys.argv[1:3]
FOLDER = tempfile.gettempdir()  # ctest starts this with a TMPDIR on a disk
PAGE = mmap.PAGESIZE
MB = 1 << 20
NOT_RESOLVED = ("invalid", "unresolved")


def anonymous(size):
    memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    return memory


def has_zero_page():
    """Whether a page that is only read is the kernel's one page of zeros: then to write it faults again."""
    memory = anonymous(64 * PAGE)
    for page in range(64):
        _ = memory[page * PAGE]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    write_pages(memory, 64)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before >= 64


def write_pages(memory, count):
    for page in range(count):
        memory[page * PAGE] = 1


def of_kind(before, after, metric, unit):
    """Growth by the second label."""
    grown = {}
    for labels, value in after.series(metric).items():
        labels = dict(labels)
        if labels.pop("unit") != unit:
            continue
        (name, kind), = labels.items()
        grown[kind] = value - before.get(metric, unit=unit, **{name: kind})
    return grown


class Watched:
    """A worker in a cgroup that is served: what one round of its work adds to the metrics."""

    def __init__(self, cgroups, serve, name, work):
        self.serve = serve
        self.unit = cgroups.unit(name)
        self.worker = Worker(cgroups, name, work)

    def round(self):
        before = self.serve.scrape()
        kernel = self.kernel()
        self.worker.begin()
        self.worker.wait()
        now = self.kernel()
        after = self.serve.scrape()
        grown = {key: now[key] - kernel[key] for key in now}
        print("kernel:", grown)
        return before, after, grown

    def kernel(self):
        stat = self.worker.stat()
        status = pathlib.Path(f"/proc/{self.worker.pid}/io").read_text()
        io = {key: int(value) for key, value in re.findall(r"^(\w+): (\d+)$", status, re.M)}
        return {"min_flt": int(stat[7]), "maj_flt": int(stat[9]), "read_bytes": io["read_bytes"],
                "write_bytes": io["write_bytes"]}


def faults_by_kind():
    """Kinds of a known program; all together are the kernel's min_flt and maj_flt."""
    pages = 1024

    def work():
        memory = anonymous(pages * PAGE)
        write_pages(memory, pages)
        read = anonymous(pages * PAGE)
        for page in range(pages):
            _ = read[page * PAGE]
        write_pages(read, pages)

    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        watched = Watched(cgroups, serve, "a", work)
        watched.round()  # the interpreter's own first faults
        before, after, kernel = watched.round()
        watched.worker.end()
        kinds = of_kind(before, after, "hoodtrace_faults_by_kind_total", watched.unit)
        times = of_kind(before, after, "hoodtrace_fault_seconds_total", watched.unit)
        print(kinds, times)
        resolved = sum(count for kind, count in kinds.items() if kind not in NOT_RESOLVED)
        at_switches = of_kind(before, after, "hoodtrace_faults_total", watched.unit)
        ran = after.get("hoodtrace_sched_on_cpu_seconds_total", unit=watched.unit)
        few = 64  # of the interpreter
        expected = dict.fromkeys(("demand_zero", "zero_page_read", "zero_page_upgrade"), pages)
        if not has_zero_page():  # a kernel that gives each reader a page of its own
            expected = {"demand_zero": 2 * pages}
        check(equal("resolved", resolved, kernel["min_flt"] + kernel["maj_flt"]),
              equal("minor and major", [at_switches["minor"], at_switches["major"]],
                    [kernel["min_flt"], kernel["maj_flt"]]),
              *[count <= kinds.get(kind, 0) <= count + few for kind, count in expected.items()],
              # A fault of a page takes at least 100 ns, and all of them no longer than the task ran,
              # waits in a fault aside.
              all(times[kind] > 1e-7 * count for kind, count in expected.items()
                  if kind != "zero_page_read"),
              sum(times.values()) < 2 * ran + 1)


def copies():
    """A child writes to the pages of its parent: two rounds that differ by a known number of pages."""
    most, few = 3000, 500
    written = [0]

    def work():
        memory = anonymous(most * PAGE)
        write_pages(memory, most)
        written[0] = most if written[0] == few else few
        child = os.fork()
        if child == 0:
            write_pages(memory, written[0])
            os._exit(0)
        os.waitpid(child, 0)

    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        watched = Watched(cgroups, serve, "a", work)
        copied = []
        for _ in range(2):
            before, after, _ = watched.round()
            copied.append(after.get("hoodtrace_cow_copied_bytes_total", unit=watched.unit)
                          - before.get("hoodtrace_cow_copied_bytes_total", unit=watched.unit))
        watched.worker.end()
    print("copied:", [count / PAGE for count in copied], "pages")
    # What the interpreter copies of its own is the same in both, but for some pages.
    check(copied[0] >= few * PAGE, copied[0] < (few + 1500) * PAGE,
          abs(copied[1] - copied[0] - (most - few) * PAGE) <= 100 * PAGE)


def on_a_disk(folder):
    """Skips where a cold read is of no block device, or O_DIRECT is not allowed."""
    device = os.stat(folder).st_dev
    if os.major(device) == 0 or not os.path.exists(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"):
        skip("no file system on a disk")


def a_file(folder, name, size):
    path = f"{folder}/hoodtrace-serve-{os.getpid()}-{name}"
    with open(path, "wb") as file:
        file.write(os.urandom(MB) * (size // MB))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return path


def misses():
    """A cold file is missed once, and what is read for it comes from the disk; a written one is not."""
    folder, size = FOLDER, 8 * MB
    on_a_disk(folder)
    cold = a_file(folder, "cold", size)
    fresh = f"{folder}/hoodtrace-serve-{os.getpid()}-fresh"

    def read():
        with open(cold, "rb", buffering=0) as file:
            while file.read(MB):
                pass

    def write():
        with open(fresh, "wb", buffering=0) as file:
            file.write(b"x" * size)

    try:
        with Cgroups("r", "w") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            def missed(watched):
                before, after, kernel = watched.round()
                grown = [after.get(f"hoodtrace_page_cache_{what}_bytes_total", unit=watched.unit)
                         - before.get(f"hoodtrace_page_cache_{what}_bytes_total", unit=watched.unit)
                         for what in ("added", "missed")]
                disk = of_kind(before, after, "hoodtrace_disk_bytes_total", watched.unit)
                print("added and missed:", grown, "disk:", disk)
                return grown, disk, kernel

            reader = Watched(cgroups, serve, "r", read)
            first, disk, kernel = missed(reader)
            again, _, _ = missed(reader)
            writer = Watched(cgroups, serve, "w", write)
            wrote, _, _ = missed(writer)
            reader.worker.end()
            writer.worker.end()
    finally:
        os.unlink(cold)
        if os.path.exists(fresh):
            os.unlink(fresh)
    slack = MB // 4  # code of the interpreter that was not in memory
    check(size <= first[1] <= size + slack, equal("disk and /proc/PID/io", disk.get("read", 0),
                                                  kernel["read_bytes"]),
          disk["read"] >= size, again[1] <= slack, size <= wrote[0] <= size + slack,
          wrote[1] <= slack)


def direct_requests():
    """Direct I/O of a known size: bytes equal /proc/PID/io, and no more time than has passed."""
    folder, count, size = FOLDER, 32, 64 << 10
    on_a_disk(folder)
    path = a_file(folder, "direct", 4 * MB)
    memory = mmap.mmap(-1, size)
    memory.write(b"y" * size)
    try:
        file = os.open(path, os.O_RDWR | os.O_DIRECT)
    except OSError as error:
        os.unlink(path)
        skip(f"no file system on a disk ({error})")

    def work():
        for number in range(count):
            os.pwrite(file, memory, number * size)
        for number in range(count):
            os.preadv(file, [memory], number * size)

    try:
        with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            watched = Watched(cgroups, serve, "a", work)
            watched.round()
            before, after, kernel = watched.round()
            watched.worker.end()
    finally:
        os.close(file)
        os.unlink(path)
    requests, moved, queue, service = [
        of_kind(before, after, f"hoodtrace_disk_{what}_total", watched.unit)
        for what in ("requests", "bytes", "queue_seconds", "service_seconds")]
    slept = (after.ns("hoodtrace_sched_sleep_seconds_total", unit=watched.unit, state="disk")
             - before.ns("hoodtrace_sched_sleep_seconds_total", unit=watched.unit, state="disk")) / NS
    print(requests, moved, queue, service, "slept", slept)
    check(equal("bytes read", moved["read"], kernel["read_bytes"]),
          equal("bytes read", moved["read"], count * size),
          equal("bytes written", moved["write"], count * size),
          count <= requests["read"] <= 2 * count, count <= requests["write"] <= 2 * count,
          0 < service["read"] < 10, 0 < service["write"] < 10, 0 <= queue["read"] < 10,
          # One after the other: the sleeps for them are inside of queue and service, up to the wake-up.
          slept < service["read"] + service["write"] + queue["read"] + queue["write"] + 1,
          equal("errors", after.get("hoodtrace_disk_errors_total", unit=watched.unit), 0.0))


def left_out():
    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path), "--families",
                                        "procs,cache") as serve:
        worker = Worker(cgroups, "a", lambda: anonymous(MB).write(b"x" * MB))
        worker.begin()
        worker.wait()
        text = serve.scrape().text
        worker.end()
    check("hoodtrace_faults_total{" in text, "hoodtrace_forks_total{" in text,
          "hoodtrace_faults_by_kind" not in text, "hoodtrace_fault_seconds" not in text,
          "hoodtrace_cow" not in text, "hoodtrace_disk" not in text)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
