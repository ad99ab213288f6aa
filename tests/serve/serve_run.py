# SPDX-License-Identifier: GPL-2.0-or-later
"""A hoodtrace serve of a test's own: started, scraped, ended; and cgroups for what it watches."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

NS = 1_000_000_000


def skip(why):
    print("cannot run here:", why)
    sys.exit(77)


def cgroup_mount():
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        if " - cgroup2 " in line:
            return pathlib.Path(line.split()[4])
    skip("no cgroup v2")


if os.readlink("/proc/self/ns/pid") != "pid:[4026531836]":
    skip("a PID namespace of its own, and hoodtrace shows the initial one's numbers")


class Cgroups:
    """A cgroup below the root with others in it, removed at the end."""

    def __init__(self, *names):
        self.path = cgroup_mount() / f"hoodtrace-serve-{os.getpid()}"
        try:
            self.path.mkdir()
        except OSError as error:
            skip(f"cannot make a cgroup: {error}")
        for name in names:
            self.make(name)

    def make(self, name):
        (self.path / name).mkdir()

    def remove(self, name):
        """A task's exit is complete some moments after its parent has seen it."""
        for _ in range(500):
            try:
                (self.path / name).rmdir()
                return
            except OSError:
                time.sleep(0.01)
        raise AssertionError(f"cannot remove {self.path / name}")

    def take_in(self, name, pid):
        (self.path / name / "cgroup.procs").write_text(str(pid))

    def unit(self, name):
        return f"/{self.path.name}/{name}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for inner in sorted(self.path.glob("*/")):
            self.remove(inner.name)
        self.path.rmdir()


class Worker:
    """A child in a cgroup that works each time it is let, and sleeps at its gate in between."""

    def __init__(self, cgroups, name, work):
        go_read, self.go = os.pipe()
        self.done, done_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.go)
            os.close(self.done)
            while os.read(go_read, 1):
                work()
                os.write(done_write, b"d")
            os._exit(0)
        os.close(go_read)
        os.close(done_write)
        # What it does before it has slept once would be its old cgroup's: a run counts where it began.
        self.until_it_sleeps()
        cgroups.take_in(name, self.pid)

    def begin(self):
        os.write(self.go, b"g")

    def wait(self):
        os.read(self.done, 1)
        self.until_it_sleeps()

    def until_it_sleeps(self):
        """At its gate."""
        for _ in range(1000):
            if self.stat()[0] == "S":
                return
            time.sleep(0.005)
        raise AssertionError("the worker does not sleep")

    def stat(self):
        text = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
        return text[text.rindex(")") + 2:].split()

    def counters(self):
        """The kernel's: ran_ns, run_delay_ns, runs, voluntary, involuntary, minor faults."""
        ran, delay, runs = pathlib.Path(f"/proc/{self.pid}/schedstat").read_text().split()
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        switches = re.findall(r"ctxt_switches:\s*(\d+)", status)
        return [int(n) for n in (ran, delay, runs, *switches, self.stat()[7])]

    def end(self):
        """By a signal: workers made later hold this one's pipe open too."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.go)


class Scrape:
    """One scrape: text and values by name and labels."""
    LINE = re.compile(r"^([a-zA-Z_:]+)(?:\{(.*)\})? (\S+)$")
    LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

    def __init__(self, text):
        self.text = text
        self.values = {}
        for line in text.splitlines():
            if line.startswith("#") or not line:
                continue
            name, labels, value = self.LINE.match(line).groups()
            key = (name, tuple(sorted(self.LABEL.findall(labels or ""))))
            assert key not in self.values, f"twice: {line}"
            self.values[key] = float(value)

    def get(self, name, **labels):
        return self.values.get((name, tuple(sorted(labels.items()))), 0.0)

    def ns(self, name, **labels):
        return round(self.get(name, **labels) * NS)

    def series(self, name):
        return {labels: value for (n, labels), value in self.values.items() if n == name}


def kernel_waits(scrape, unit):
    return sum(scrape.ns("hoodtrace_sched_wait_cause_seconds_total", unit=unit, cause=cause)
               for cause in ("woken", "preempted", "throttled"))


class Serve:
    def __init__(self, binary, *arguments, listen="127.0.0.1:0", before=(), pass_fds=()):
        """`before`: words that the command line begins with, of a program that starts it."""
        self.process = subprocess.Popen([*before, binary, "serve", "--listen", listen, *arguments],
                                        stderr=subprocess.PIPE, text=True, pass_fds=pass_fds)
        line = self.process.stderr.readline()
        match = re.search(r"serving (.+);", line)
        if not match:
            self.process.wait()
            raise AssertionError(f"serve did not start: {line}{self.process.stderr.read()}")
        self.address = match.group(1)
        # Whatever it says later must not fill the pipe.
        self.said = []
        threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True).start()

    @property
    def port(self):
        return int(re.search(r":(\d+)/", self.address).group(1))

    def fetch(self, path="/metrics", timeout=10):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as got:
            return got.read().decode()

    def scrape(self):
        time.sleep(0.15)  # an answer may be 100 ms old
        return Scrape(self.fetch())

    def cpu_ns(self):
        ran, _, _ = pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()
        return int(ran)

    def rss_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+)", status).group(1))

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise


def equal(what, ours, theirs):
    print(f"{what}: {ours} {'=' if ours == theirs else 'IS NOT'} {theirs}")
    return ours == theirs


def check(*results):
    for number, result in enumerate(results, 1):
        if not result:
            print(f"check {number} of {len(results)} failed")
    if not all(results):
        sys.exit(1)
