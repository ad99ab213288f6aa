#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hoodtrace serve on processes of our own in cgroups of our own: serve_test.py HOODTRACE CASE"""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from serve_run import NS, Cgroups, Scrape, Serve, Worker, check, equal, kernel_waits, skip

HOODTRACE, CASE = sys.argv[1:3]


def mixed_work():
    """Computes, sleeps, touches memory, yields."""
    end = time.monotonic() + 0.6
    while time.monotonic() < end:
        sum(range(20_000))
        time.sleep(0.001)
        memory = bytearray(1 << 20)
        memory[::4096] = b"x" * len(memory[::4096])
        os.sched_yield()


def compute(seconds=1.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(10_000))


def on_one_cpu(work):
    def pinned():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        work()
    return pinned


def sums_equal_kernel_accounting():
    """Every sum of two cgroups against /proc of all their processes, which sleep at both scrapes."""
    with Cgroups("a", "b") as cgroups:
        workers = {name: [Worker(cgroups, name, work) for work in (mixed_work, compute, mixed_work)]
                   for name in ("a", "b")}
        everyone = [worker for group in workers.values() for worker in group]
        # Each has been on a CPU, and sleeps, before the first reading.
        for worker in everyone:
            worker.begin()
        for worker in everyone:
            worker.wait()
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            before = serve.scrape()
            kernel = {worker.pid: worker.counters() for worker in everyone}
            for worker in everyone:
                worker.begin()
            for worker in everyone:
                worker.wait()
            after = serve.scrape()
            results = []
            for name, group in workers.items():
                unit = cgroups.unit(name)
                grown = [sum(now - old for now, old in zip(column[0], column[1]))
                         for column in
                         [([w.counters()[i] for w in group], [kernel[w.pid][i] for w in group])
                          for i in range(6)]]

                def growth(metric, **labels):
                    return (after.ns(metric, unit=unit, **labels)
                            - before.ns(metric, unit=unit, **labels))

                switches = "hoodtrace_sched_context_switches_total"
                results += [
                    equal(f"{name} on CPU, ns",
                          growth("hoodtrace_sched_on_cpu_seconds_total"), grown[0]),
                    equal(f"{name} run_delay, ns",
                          kernel_waits(after, unit) - kernel_waits(before, unit), grown[1]),
                    equal(f"{name} waits", growth("hoodtrace_sched_wait_seconds_count") // NS,
                          grown[2]),
                    equal(f"{name} voluntary", growth(switches, kind="voluntary") // NS, grown[3]),
                    equal(f"{name} involuntary", growth(switches, kind="involuntary") // NS,
                          grown[4]),
                    equal(f"{name} minor faults",
                          growth("hoodtrace_faults_total", kind="minor") // NS, grown[5]),
                    # A busy machine gives them little.
                    grown[0] > NS // 20 and grown[1] > 0,
                ]
                behind = sum(round(value * NS) for labels, value in after.series(
                    "hoodtrace_sched_wait_behind_seconds_total").items()
                    if ("unit", unit) in labels)
                # Each series is rounded to a double on its own.
                total = after.ns("hoodtrace_sched_wait_seconds_sum", unit=unit)
                print(f"{name} behind {behind} of {total} ns")
                results.append(abs(behind - total) <= 100)
            outside = [labels for labels in after.series("hoodtrace_unit_info")
                       if not dict(labels)["unit"].startswith(f"/{cgroups.path.name}")]
            results.append(equal("units outside of --cgroup", outside, []))
            print(after.get("hoodtrace_audit_difference_seconds"))
            # cpu.stat counts in us, and each of its sources rounds down; a tick of those that run.
            results.append(abs(after.get("hoodtrace_audit_difference_seconds")) < 0.01)
        for worker in everyone:
            worker.end()
        check(*results)


def waits_behind_a_neighbour():
    """Two hogs on one CPU: each waits behind the other, and for as long as that one runs."""
    with Cgroups("quiet", "noisy") as cgroups:
        hogs = [Worker(cgroups, name, on_one_cpu(lambda: compute(2.0)))
                for name in ("quiet", "noisy")]
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            for hog in hogs:
                hog.begin()
            for hog in hogs:
                hog.wait()
            scrape = serve.scrape()
        for hog in hogs:
            hog.end()
        quiet, noisy = cgroups.unit("quiet"), cgroups.unit("noisy")
        waited = scrape.ns("hoodtrace_sched_wait_seconds_sum", unit=quiet)
        behind = scrape.ns("hoodtrace_sched_wait_behind_seconds_total", unit=quiet, behind=noisy)
        ran = scrape.ns("hoodtrace_sched_on_cpu_seconds_total", unit=noisy)
        print(f"quiet waited {waited}, behind noisy {behind}; noisy ran {ran}")
        # It waits whenever noisy runs, but before both have begun and after one has ended; other
        # programs of this machine take their share of both. A wait is by rq->clock, a run by
        # rq->clock_task, which stands still while the hypervisor runs others; and the wait has the
        # switch itself, 10 us of 4 ms here.
        check(ran > 0.05 * NS, 0.7 * ran < behind <= 1.02 * ran, behind <= waited)


def open_run_counts():
    """A task that never leaves its CPU is counted all the same."""
    with Cgroups("hog") as cgroups:
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            hog = Worker(cgroups, "hog", lambda: compute(3.0))
            hog.begin()
            time.sleep(1.5)
            values = [serve.scrape().ns("hoodtrace_sched_on_cpu_seconds_total",
                                        unit=cgroups.unit("hog")) for _ in range(5)]
            hog.wait()
            hog.end()
        print(values)
        check(values[0] > NS // 10, values == sorted(values), values[-1] > values[0])


def wait_for_sleep(pid):
    """Until the program has been executed and waits for its input."""
    for _ in range(200):
        time.sleep(0.05)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            comm, rest = stat.read().split(") ", 1)
        if comm.endswith("(sh") and rest.startswith("S"):
            return
    raise RuntimeError(f"process {pid} does not wait for its input")


def lives_are_counted():
    with Cgroups("shell") as cgroups:
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            script = ("read go; for i in 1 2 3 4 5; do /bin/true; done; "
                      "for i in 1 2 3; do /bin/false; done; "
                      "for i in 1 2; do /bin/sh -c 'kill -9 $$'; done; read end")
            shell = subprocess.Popen(["/bin/sh", "-c", script], stdin=subprocess.PIPE, text=True,
                                     stderr=subprocess.DEVNULL)
            # What it does until its next switch counts where it was: it must sleep when it is moved.
            wait_for_sleep(shell.pid)
            cgroups.take_in("shell", shell.pid)
            shell.stdin.write("go\n")
            shell.stdin.flush()
            time.sleep(2)
            scrape = serve.scrape()
            unit = cgroups.unit("shell")
            exits = {outcome: scrape.get("hoodtrace_exits_total", unit=unit, outcome=outcome)
                     for outcome in ("success", "failure", "signal")}
            results = [equal("exits", exits, {"success": 5, "failure": 3, "signal": 2}),
                       equal("forks", scrape.get("hoodtrace_forks_total", unit=unit), 10),
                       equal("execs", scrape.get("hoodtrace_execs_total", unit=unit), 10)]
            shell.stdin.close()
            shell.wait()
        check(*results)


def page_cache_is_counted():
    size = 8 << 20
    with Cgroups("writer") as cgroups:
        path = f"{tempfile.gettempdir()}/hoodtrace-serve-{os.getpid()}"

        def write():
            with open(path, "wb") as file:
                file.write(b"x" * size)
            os.unlink(path)

        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            writer = Worker(cgroups, "writer", write)
            writer.begin()
            writer.wait()
            scrape = serve.scrape()
            writer.end()
        unit = cgroups.unit("writer")
        added = scrape.get("hoodtrace_page_cache_added_bytes_total", unit=unit)
        evicted = scrape.get("hoodtrace_page_cache_evicted_bytes_total", unit=unit)
        print(f"added {added}, evicted {evicted}, written {size}")
        # The directory's own pages come on top.
        check(size <= added <= size + (1 << 20), size <= evicted <= size + (1 << 20))


def families_and_pairs_can_be_left_out():
    with Cgroups("a") as cgroups:
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path), "--families", "sched",
                   "--no-pairs") as serve:
            text = serve.fetch()
        check("hoodtrace_sched_on_cpu_seconds_total" in text, "hoodtrace_forks_total" not in text,
              "hoodtrace_page_cache" not in text, "wait_behind" not in text)


def names_are_valid_utf8():
    with Cgroups() as cgroups:
        raw = os.fsencode(cgroups.path) + b'/\xff"\\\x1b[2J.service'
        os.mkdir(raw)
        worker = None
        try:
            with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
                pid = os.fork()
                if pid == 0:
                    time.sleep(0.3)
                    os._exit(0)
                with open(raw + b"/cgroup.procs", "w") as procs:
                    procs.write(str(pid))
                os.waitpid(pid, 0)
                text = serve.fetch()
        finally:
            time.sleep(0.2)
            os.rmdir(raw)
        print([line for line in text.splitlines() if "2J" in line][:2])
        check("\x1b" not in text, 'unit="\ufffd\\"\\\\?[2J.service"' in text)


def long_names():
    """80 cgroups four levels deep, with all that a label must not have: short labels, one series each."""
    count, most = 80, 128
    escape = "\u009b" + "\u202e" + "\u200b"
    with Cgroups() as cgroups:
        deep = cgroups.path / ("x" * 250) / ("é" * 120) / (escape + '"' * 200)
        names = [deep / (f"{number:02}" + "\\" * 200) for number in range(count)]
        try:
            for path in names:
                path.mkdir(parents=True)
            with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
                for path in names:
                    pid = os.fork()
                    if pid == 0:
                        (path / "cgroup.procs").write_text(str(os.getpid()))
                        time.sleep(0.001)
                        os._exit(0)
                    os.waitpid(pid, 0)
                time.sleep(0.3)
                scrape = serve.scrape()  # no series is there twice
        finally:
            time.sleep(0.2)
            for path in names:
                if path.exists():
                    path.rmdir()
            for path in [deep, *deep.parents]:
                if path == cgroups.path:
                    break
                path.rmdir()
    longest = max(len(value.encode()) for name, labels in scrape.values for _, value in labels
                  if name != "hoodtrace_probe_info")  # those words are our own
    units = scrape.series("hoodtrace_unit_info")
    ends = scrape.series("hoodtrace_exits_total")
    size = len(scrape.text.encode())
    print(f"{size} bytes, {len(units)} units, the longest label {longest} bytes")
    check(longest <= most, len(units) >= count, not any(c in scrape.text for c in escape),
          equal("ends", sum(value for labels, value in ends.items() if ("outcome", "success") in labels
                            and dict(labels)["unit"] != "(other)"), count),
          # As docs/serve.md says.
          size < (len(units) + 1) * 32 * 1024)


def port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = subprocess.run([HOODTRACE, "serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}"],
                             capture_output=True, text=True, timeout=30)
    print(run.stderr)
    check(run.returncode == 1, "Address already in use" in run.stderr, "--listen" in run.stderr)


def ends_and_addresses():
    with Cgroups("a") as cgroups:
        where = ["--cgroup", str(cgroups.path)]
        results = []
        for number in (signal.SIGINT, signal.SIGTERM):
            with Serve(HOODTRACE, *where) as serve:
                results.append(equal("healthz", serve.fetch("/healthz"), "ok\n"))
                begin = time.monotonic()
                results.append(equal(f"exit code after {number}", serve.stop(number), 0))
                results.append(time.monotonic() - begin < 5)
        path = f"/tmp/hoodtrace-serve-{os.getpid()}.sock"
        with Serve(HOODTRACE, *where, listen=f"unix:{path}"):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = b""
                while part := client.recv(65536):
                    answer += part
        results += [answer.startswith(b"HTTP/1.1 200"), b"hoodtrace_build_info{" in answer]
        os.unlink(path)
        check(*results)


def bad_clients():
    """Slow, broken and many clients: the next scrape is answered all the same."""
    with Cgroups("a") as cgroups:
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
            def connect():
                client = socket.create_connection(("127.0.0.1", serve.port), timeout=10)
                return client

            results = []
            slow = [connect() for _ in range(20)]
            for client in slow:
                client.sendall(b"GET /metrics HT")
            begin = time.monotonic()
            serve.scrape()
            results.append(time.monotonic() - begin < 2)
            for junk in (b"\x00\xff" * 500 + b"\r\n\r\n", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n",
                         b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789"):
                with connect() as client:
                    try:
                        client.sendall(junk)
                        answer = client.recv(100)
                    except (ConnectionError, TimeoutError):  # refused, or ended for its silence
                        answer = b""
                    print(junk[:20], "->", answer[:30])
                    results.append(b" 200 " not in answer)
            # A reader that reads nothing.
            deaf = connect()
            deaf.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            serve.scrape()
            answered = 0
            crowd = []
            for _ in range(1000):
                try:
                    client = socket.socket()
                    client.setblocking(False)
                    client.connect_ex(("127.0.0.1", serve.port))
                    crowd.append(client)
                except OSError:
                    break
            time.sleep(1)
            for client in crowd:
                try:
                    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                except OSError:
                    pass
            end = time.monotonic() + 45
            waiting = list(crowd)
            while waiting and time.monotonic() < end:
                time.sleep(0.1)
                for client in list(waiting):
                    try:
                        if client.recv(12).startswith(b"HTTP/1.1 200"):
                            answered += 1
                        waiting.remove(client)
                        client.close()
                    except BlockingIOError:
                        pass
                    except OSError:
                        waiting.remove(client)
            print(f"{answered} of {len(crowd)} answered, {serve.rss_kb()} KiB resident")
            # 192 at a time and 128 in the socket's queue; whom that refuses has sent no request.
            results.append(answered >= 150)
            for client in slow + crowd + [deaf]:
                client.close()
            Scrape(serve.fetch(timeout=40))
            results.append(serve.rss_kb() < 64 << 10)
            results.append(equal("exit code", serve.stop(), 0))
        check(*results)


def short_cgroups():
    """A service that is gone before the next scrape counts under its name."""
    count = 40
    with Cgroups() as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        serve.scrape()
        for _ in range(count):
            cgroups.make("short.service")
            pid = os.fork()
            if pid == 0:
                cgroups.take_in("short.service", os.getpid())
                time.sleep(0.001)  # what it does until its next switch counts where it was
                os._exit(0)
            os.waitpid(pid, 0)
            cgroups.remove("short.service")
        time.sleep(0.3)  # the last end is in the ring
        scrape = serve.scrape()
        check(equal("ends", scrape.get("hoodtrace_exits_total", unit="short.service",
                                       outcome="success"), count),
              equal("ends of nobody", scrape.get("hoodtrace_exits_total", unit="(unknown)",
                                                 outcome="success"), 0))


def churn():
    """Cgroups that come and go: series bounded, counters monotonic, slots given back, memory flat."""
    everything = os.environ.get("HOODTRACE_TEST_ALL")
    count, seconds = (5000, 300) if everything else (400, 24)
    series = 50
    with Cgroups() as cgroups:
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path), "--max-units", str(series)) as serve:
            results, last, slots, rss = [], {}, [], []
            begin = time.monotonic()
            next_scrape = 0.0
            for number in range(count):
                name = f"job{number}"
                cgroups.make(name)
                pid = os.fork()
                if pid == 0:
                    cgroups.take_in(name, os.getpid())
                    sum(range(20_000))
                    os._exit(0)
                os.waitpid(pid, 0)
                cgroups.remove(name)
                now = time.monotonic() - begin
                if now >= next_scrape:
                    next_scrape = now + 2
                    scrape = serve.scrape()
                    slots.append(scrape.get("hoodtrace_slots_in_use"))
                    rss.append(serve.rss_kb())
                    units = scrape.series("hoodtrace_unit_info")
                    results.append(len(units) <= series)
                    for key, value in scrape.values.items():
                        if key[0].endswith(("_total", "_sum", "_count", "_bucket")):
                            if value < last.get(key, 0):
                                print("falls:", key, last[key], value)
                                results.append(False)
                            last[key] = value
                time.sleep(max(0.0, (number + 1) * seconds / count - (time.monotonic() - begin)))
            time.sleep(2.5)
            serve.scrape()
            end = serve.scrape()
        ran = sum(value for (name, _), value in last.items()
                  if name == "hoodtrace_sched_on_cpu_seconds_total")
        print(f"slots {slots[:3]} ... {slots[-3:]}, {end.get('hoodtrace_slots_in_use')} at the end; "
              f"resident {rss[0]}..{rss[-1]} KiB; {ran} s on CPU; lost "
              f"{end.series('hoodtrace_events_lost_total')}")
        results += [end.get("hoodtrace_slots_in_use") <= 4, max(slots) < 2 * 2 * 100,
                    rss[-1] - rss[len(rss) // 3] < 2048, ran > 0,
                    all(value == 0 for value in end.series("hoodtrace_events_lost_total").values())]
        check(*results)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
