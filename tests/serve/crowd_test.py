#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who connect and send nothing do not keep out the one that scrapes: crowd_test.py HOODTRACE CASE"""
import http.client
import os
import selectors
import signal
import socket
import sys
import time

from serve_run import Cgroups, Serve, check, skip

HOODTRACE, CASE = sys.argv[1:3]
CROWD = 300
SILENCE = 10  # serve ends a connection that is silent for that long: kSilenceSeconds of server.cpp


def half_open(port, begin=b""):
    """Connected, with a part of a request, or none."""
    client = socket.create_connection(("127.0.0.1", port), timeout=SILENCE)
    if begin:
        client.sendall(begin)
    return client


def scrape_takes(serve):
    """Asks until there is an answer, as Prometheus does."""
    begin = time.monotonic()
    text, tries = "", 0
    while not text and time.monotonic() - begin < 3 * SILENCE:
        tries += 1
        try:
            text = serve.fetch(timeout=3 * SILENCE)
        except (OSError, http.client.HTTPException) as error:
            print(error)
    took = time.monotonic() - begin
    print(f"answered after {took * 1000:.0f} ms, {tries} tries")
    # Before any connection could have ended for its silence.
    return "hoodtrace_build_info{" in text and took < SILENCE


def half_open_crowd():
    """300 connections with half a request, and 300 with none."""
    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        results = []
        for begin in (b"GET /metrics HT", b""):
            crowd = [half_open(serve.port, begin) for _ in range(CROWD)]
            results += [scrape_takes(serve) for _ in range(3)]
            for client in crowd:
                client.close()
        check(*results)


def keep_full(port):
    """A crowd in which each one that is ended is replaced, 500 a second. Until it is killed."""
    selector = selectors.DefaultSelector()
    for _ in range(CROWD):
        selector.register(half_open(port, b"GET /"), selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            try:
                if key.fileobj.recv(4096):
                    continue
            except OSError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()
            time.sleep(0.002)
            try:
                selector.register(half_open(port, b"GET /"), selectors.EVENT_READ)
            except OSError:
                pass


def crowd_that_returns():
    """The same while each connection that is ended is made again, by a process of its own."""
    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        pid = os.fork()
        if pid == 0:
            try:
                keep_full(serve.port)
            finally:
                os._exit(1)
        try:
            time.sleep(1)
            results = [scrape_takes(serve) for _ in range(5)]
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        check(*results)


def deaf_crowd():
    """300 that ask and do not read the answer."""
    with Cgroups("a") as cgroups, Serve(HOODTRACE, "--cgroup", str(cgroups.path)) as serve:
        crowd = []
        for _ in range(CROWD):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.settimeout(SILENCE)
            client.connect(("127.0.0.1", serve.port))
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            crowd.append(client)
        results = [scrape_takes(serve) for _ in range(3)]
        print(f"{serve.rss_kb()} KiB resident")
        results.append(serve.rss_kb() < 64 << 10)
        for client in crowd:
            client.close()
        check(*results)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
