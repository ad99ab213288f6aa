#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where hoodtrace serve listens: TLS, a socket that was passed, a Unix socket: doors_test.py HOODTRACE CASE"""
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from serve_run import Cgroups, Serve, check, equal, skip

HOODTRACE, CASE = sys.argv[1:3]
# Passes the descriptor argv[1] as systemd does (sd_listen_fds(3)), and becomes argv[2:].
PASSING = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def run(*arguments):
    return subprocess.run([HOODTRACE, "serve", *arguments], capture_output=True, text=True, timeout=30)


def get(client, path="/metrics"):
    """The answer on a connected socket."""
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = b""
    while part := client.recv(65536):
        answer += part
    return answer


def is_metrics(answer):
    return answer.startswith(b"HTTP/1.1 200") and b"hoodtrace_build_info{" in answer


def tls():
    """With a certificate that signs itself; who does not trust it, or speaks no TLS, has no answer."""
    if not shutil.which("openssl"):
        skip("no openssl")
    with tempfile.TemporaryDirectory() as folder, Cgroups("a") as cgroups:
        cert, key, other = (f"{folder}/{name}" for name in ("cert.pem", "key.pem", "other.pem"))
        for key_file, cert_file in ((key, cert), (f"{folder}/other.key", other)):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key_file, "-out",
                            cert_file, "-days", "2", "-subj", "/CN=hoodtrace", "-addext",
                            "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        results = []
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path), "--tls-cert", cert, "--tls-key",
                   key) as serve:
            print(serve.address)
            results.append(serve.address.startswith("https://127.0.0.1:"))
            url = f"https://127.0.0.1:{serve.port}"
            trusting = ssl.create_default_context(cafile=cert)
            for path, wanted in (("/healthz", "ok\n"), ("/metrics", "hoodtrace_build_info{")):
                with urllib.request.urlopen(url + path, timeout=10, context=trusting) as answer:
                    results.append(wanted in answer.read().decode())
            try:
                urllib.request.urlopen(url, timeout=10, context=ssl.create_default_context(cafile=other))
                results.append(False)
            except urllib.error.URLError as error:
                print("not trusted:", error.reason)
                results.append(isinstance(error.reason, ssl.SSLCertVerificationError))
            try:
                with socket.create_connection(("127.0.0.1", serve.port), timeout=15) as plain:
                    results.append(b" 200 " not in get(plain))
            except ConnectionError:
                pass
            with urllib.request.urlopen(url + "/healthz", timeout=10, context=trusting) as answer:
                results.append(equal("after plain HTTP", answer.read(), b"ok\n"))
        for arguments, code in ((["--tls-cert", cert], 2), (["--tls-cert", cert, "--tls-key", other], 1),
                                (["--tls-cert", f"{folder}/none", "--tls-key", key], 1)):
            tried = run("--listen", "127.0.0.1:0", "--cgroup", str(cgroups.path), *arguments)
            print(tried.stderr.strip())
            results += [equal("exit code", tried.returncode, code), "tls" in tried.stderr.lower()
                        or arguments[1] in tried.stderr or arguments[-1] in tried.stderr]
        check(*results)


def refused_doors():
    """What cannot be listened on is said as it is, and nothing else is listened on in its place."""
    with Cgroups("a") as cgroups, tempfile.TemporaryDirectory() as folder:
        empty = f"{folder}/empty"
        open(empty, "w", encoding="utf-8").close()
        tls, free = "--tls-cert", ["--listen", "127.0.0.1:0"]
        results = []
        for arguments, code, words in (
                (["--listen", "127.0.0.1:65536"], 2, "no port '65536'"),
                (["--listen", "127.0.0.1:99999"], 2, "no port '99999'"),
                (["--listen", "127.0.0.1:-1"], 2, "no port '-1'"),
                (["--listen", "192.0.2.1:0"], 1, "does not have that address"),
                (["--listen", f"unix:{folder}"], 1, "is not a socket"),
                (["--listen", f"unix:{empty}"], 1, "is not a socket"),
                (["--listen", f"unix:{folder}/none/socket"], 1, "make its folder first"),
                ([*free, tls, folder, "--tls-key", folder], 1, f"cannot read {folder}: Is a directory"),
                ([*free, tls, empty, "--tls-key", empty], 1, f"cannot read {empty}: it is empty"),
                ([*free, tls, "/dev/zero", "--tls-key", empty], 1, "too large")):
            tried = run("--cgroup", str(cgroups.path), "-d", "100ms", *arguments)
            print(tried.stderr.strip())
            results += [equal("exit code", tried.returncode, code), words in tried.stderr]
        tried = run("-d", "100ms", "--cgroup", str(cgroups.path), "--listen", f"unix:{folder}/\x1b[2J")
        results += [equal("exit code", tried.returncode, 0), "\x1b" not in tried.stderr]
        check(*results)


def passed_socket():
    """A client that connected before serve was started is answered; a second serve has no socket."""
    with Cgroups("a") as cgroups, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        early = socket.create_connection(listening.getsockname(), timeout=30)
        with Serve(HOODTRACE, "--cgroup", str(cgroups.path), listen="passed",
                   before=(sys.executable, "-c", PASSING, str(listening.fileno())),
                   pass_fds=(listening.fileno(),)) as serve:
            print(serve.address)
            results = [is_metrics(get(early))]
            early.close()
            with socket.create_connection(listening.getsockname(), timeout=30) as client:
                results.append(is_metrics(get(client)))
            results.append(equal("exit code", serve.stop(), 0))
        none = run("--listen", "passed", "--cgroup", str(cgroups.path))
        print(none.stderr.strip())
        results += [equal("exit code without a socket", none.returncode, 2),
                    "systemd socket unit" in none.stderr]
        check(*results)


def socket_unit():
    """As systemd starts it: by systemd-socket-activate, at the first connection."""
    if not shutil.which("systemd-socket-activate"):
        skip("no systemd-socket-activate")
    with Cgroups("a") as cgroups, tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/socket"
        process = subprocess.Popen(["systemd-socket-activate", "-l", path, HOODTRACE, "serve", "--listen",
                                    "passed", "--cgroup", str(cgroups.path)], stderr=subprocess.PIPE,
                                   text=True)
        try:
            process.stderr.readline()  # "Listening on ..."
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(60)
                client.connect(path)
                answered = is_metrics(get(client))
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[1]
        print(said.strip())
        check(answered, equal("exit code", process.returncode, 0))


def unix_socket():
    """A socket that was left behind is taken over, one that answers is not, and a file stays a file."""
    with Cgroups("a") as cgroups, tempfile.TemporaryDirectory() as folder:
        where, path = ("--cgroup", str(cgroups.path)), f"{folder}/socket"
        left = socket.socket(socket.AF_UNIX)
        left.bind(path)
        left.close()
        with Serve(HOODTRACE, *where, listen=f"unix:{path}"):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
                results = [is_metrics(get(client))]
            second = run("--listen", f"unix:{path}", *where)
            print(second.stderr.strip())
            results += [equal("exit code of a second one", second.returncode, 1),
                        "Address already in use" in second.stderr, os.path.exists(path)]
        file = f"{folder}/file"
        with open(file, "w", encoding="utf-8") as text:
            text.write("kept")
        tried = run("--listen", f"unix:{file}", *where)
        print(tried.stderr.strip())
        with open(file, encoding="utf-8") as text:
            results += [equal("exit code at a file", tried.returncode, 1),
                        equal("the file", text.read(), "kept")]
        check(*results)


if os.geteuid() != 0:
    skip("needs root")
globals()[CASE]()
