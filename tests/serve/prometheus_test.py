#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's real Prometheus scrapes hoodtrace serve; every expression of the dashboard and of the rules
parses and returns data. prometheus_test.py HOODTRACE SOURCE_DIR FOLDER

The package is unpacked into FOLDER, which is kept, and not installed: no service is started.
HOODTRACE_TEST_ALL: for ten minutes instead of forty seconds.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from serve_run import Cgroups, Serve, Worker, check, skip

HOODTRACE, SOURCE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
PARTS = SOURCE / "scripts/serve"
# What only a machine in trouble has: the expression must parse, and may return nothing.
MAY_BE_EMPTY = re.compile(r"^.*(> [\d.]+|unless ).*$", re.S)


def unpacked():
    """The folder of prometheus and promtool."""
    programs = FOLDER / "usr/bin"
    if (programs / "promtool").exists():
        return programs
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not shutil.which("apt-get"):
        skip("no apt-get to get the package prometheus")
    unpack("prometheus")
    # A package of its own from Debian 13 on.
    if not (programs / "promtool").exists():
        unpack("promtool")
    return programs


def unpack(name):
    got = subprocess.run(["apt-get", "download", name], cwd=FOLDER, capture_output=True, text=True)
    packages = list(FOLDER.glob(name + "_*.deb"))
    if got.returncode != 0 or not packages:
        skip(f"the package {name} cannot be downloaded: " + got.stderr.strip()[-200:])
    subprocess.run(["dpkg", "-x", packages[0], FOLDER], check=True)
    packages[0].unlink()


def promtool(programs, *arguments, text=None):
    run = subprocess.run([programs / "promtool", *arguments], input=text, capture_output=True,
                         text=True)
    print("promtool", *arguments[:2], "->", run.returncode, run.stderr.strip()[-500:])
    return run.returncode == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, programs, target, folder):
        self.port = free_port()
        (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s}}
rule_files: ["{PARTS}/rules.yml"]
scrape_configs:
  - job_name: hoodtrace
    static_configs: [{{targets: ["{target}"]}}]
""")
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [programs / "prometheus", f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=self.log, stderr=self.log)

    def api(self, path, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def wait_until_up(self):
        for _ in range(100):
            try:
                targets = self.api("targets")["data"]["activeTargets"]
                if targets and targets[0]["health"] != "unknown":
                    return targets[0]
            except (OSError, json.JSONDecodeError):  # it still starts, and says so in words
                pass
            time.sleep(0.5)
        raise AssertionError("Prometheus does not scrape: " + pathlib.Path(self.log.name).read_text()[-2000:])

    def query(self, expression):
        """Its number of samples, or the error."""
        answer = self.api("query", query=expression)
        return (len(answer["data"]["result"]) if answer["status"] == "success"
                else answer.get("error", "?"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


def expressions():
    """Of the dashboards and the rules, with Grafana's variables filled in."""
    for path in sorted((PARTS / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                expression = target["expr"].replace("$__rate_interval", "1m")
                yield f"{path.name}: {panel['title']}", re.sub(r"\$\w+", ".*", expression)
    text = (PARTS / "rules.yml").read_text()
    # Each expr: is on its line, or folded (>-) into the deeper lines below.
    for match in re.finditer(r"^( +)expr: (?:>-\n((?:\1 +.*\n)+)|(.*)\n)", text, re.M):
        yield "rules.yml", " ".join((match.group(2) or match.group(3)).split())


def busy():
    """Computes, faults, forks, writes a file, and fails."""
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        subprocess.run(["/bin/false"])
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * (1 << 20))
            file.flush()
            os.fsync(file.fileno())
        sum(range(200_000))
        time.sleep(0.01)


def main():
    programs = unpacked()
    seconds = 600 if os.environ.get("HOODTRACE_TEST_ALL") else 40
    results = [promtool(programs, "check", "rules", str(PARTS / "rules.yml")),
               promtool(programs, "test", "rules", str(PARTS / "rules_test.yml"))]
    with Cgroups("a", "b") as cgroups, tempfile.TemporaryDirectory() as folder, \
            Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        workers = [Worker(cgroups, name, busy) for name in ("a", "b")]
        results.append(promtool(programs, "check", "metrics", text=serve.fetch()))
        with Prometheus(programs, f"127.0.0.1:{serve.port}", pathlib.Path(folder)) as prometheus:
            target = prometheus.wait_until_up()
            results.append(target["health"] == "up")
            print("target:", target["health"], target["lastError"])
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                for worker in workers:
                    worker.begin()
                for worker in workers:
                    worker.wait()
            for where, expression in expressions():
                count = prometheus.query(expression)
                fine = isinstance(count, int) and (count > 0 or MAY_BE_EMPTY.match(expression))
                if not fine or not isinstance(count, int):
                    print("no data:", where, expression, count)
                results.append(bool(fine))
            up = prometheus.api("query", query=f"min_over_time(up[{seconds}s])")["data"]["result"]
            scrapes = prometheus.api("query", query=f"count_over_time(up[{seconds}s])")
            print("up:", up[0]["value"][1], "scrapes:", scrapes["data"]["result"][0]["value"][1],
                  "expressions:", len(list(expressions())))
            results.append(up[0]["value"][1] == "1")
            names = set(re.findall(r"^(hoodtrace_\w+_(?:total|sum|count|bucket))[{ ]", serve.fetch(),
                                   re.M))
            fell = [name for name in names if prometheus.query(f"resets({name}[1h]) > 0") != 0]
            print("counters:", len(names), "that fell:", fell)
            results += [len(names) > 10, not fell]
        for worker in workers:
            worker.end()
    check(*results)


if os.geteuid() != 0:
    skip("needs root")
main()
