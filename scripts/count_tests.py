#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts a JUnit report of ctest, or GoogleTest's own: count_tests.py REPORT [SKIPPED-FILE FAILED-FILE]

Prints "passed failed skipped". Appends each skipped test with its reason to SKIPPED-FILE, and each failed
one with the end of its output to FAILED-FILE.

A skipped test prints a line "cannot run here: REASON". Whether that is true of this machine is checked
here, by other means than the test's. A reason that is not true, or that is not in the list, is an
error (exit 1): a test that could run here must run.
"""

import ctypes
import os
import re
import resource
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as xml


def unshares(*words):
    """Whether a program starts in such new namespaces."""
    return subprocess.run(["unshare", *words], capture_output=True).returncode == 0


def unprogrammed(match):
    return all(shutil.which(os.path.basename(name)) is None for name in match.group(1).split())


def no_loop_device(_):
    done = subprocess.run(["losetup", "--find"], capture_output=True)
    return done.returncode != 0


def no_userfaultfd(_):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(323 if os.uname().machine == "x86_64" else 282, 0)
    if fd >= 0:
        os.close(fd)
    return fd < 0


def cgroups_read_only(_):
    with open("/proc/mounts", encoding="utf-8") as mounts:
        places = [line.split()[1] for line in mounts if line.split()[2] == "cgroup2"]
    if not places:
        return True
    try:
        path = f"{places[0]}/hoodtrace-count-{os.getpid()}"
        os.mkdir(path)
        has_limit = os.path.exists(path + "/cgroup.procs")
        os.rmdir(path)
        return not has_limit
    except OSError:
        return True


def no_memory_controller(_):
    """Neither version 1's, nor version 2's, which is not there while version 1 holds it."""
    if os.path.exists("/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        return not os.access("/sys/fs/cgroup/memory", os.W_OK)
    with open("/proc/mounts", encoding="utf-8") as mounts:
        places = [line.split()[1] for line in mounts if line.split()[2] == "cgroup2"]
    for place in places:
        with open(place + "/cgroup.controllers", encoding="utf-8") as controllers:
            if "memory" in controllers.read().split():
                return cgroups_read_only(_)
    return True


def writable(path):
    try:
        with open(path, "r+b"):
            return True
    except OSError:
        return False


def no_disk(_):
    """No file system on a disk: where disk_place() of tests/support/disk_place.hpp looks."""
    kinds = {"tmpfs", "overlay", "ramfs", "overlayfs"}
    for place in (os.environ.get("TMPDIR", "/tmp"), "/var/tmp", os.getcwd(), "/mnt"):
        kind = subprocess.run(["stat", "-f", "-c", "%T", place], capture_output=True, text=True)
        if kind.stdout.strip() not in kinds:
            return False
    return True


def no_bpf_capabilities(_):
    with open("/proc/self/status", encoding="utf-8") as status:
        mask = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
    return (mask >> 38 & 3) != 3


def bpf_refused(_):
    libc = ctypes.CDLL(None, use_errno=True)
    number = 321 if os.uname().machine == "x86_64" else 280
    return libc.syscall(number, -1, None, 0) < 0 and ctypes.get_errno() == 1


def no_swap_file(_):
    """No file of a file system on a disk can be made swap."""
    if no_disk(_) or not shutil.which("mkswap"):
        return True
    path = f"/var/tmp/hoodtrace-count-{os.getpid()}"
    try:
        with open(path, "xb") as file:
            os.chmod(path, 0o600)
            os.posix_fallocate(file.fileno(), 0, 1 << 20)
        for words in (["mkswap", path], ["swapon", path], ["swapoff", path]):
            if subprocess.run(words, capture_output=True).returncode != 0:
                return True
        return False
    except OSError:
        return True
    finally:
        if os.path.exists(path):
            os.unlink(path)


def no_huge_pages(_):
    """No huge page can be had: the memory may be in pieces."""
    path = "/proc/sys/vm/nr_hugepages"
    if not writable(path):
        return True
    with open(path, encoding="utf-8") as file:
        before = int(file.read())
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(str(before + 8))
        with open(path, encoding="utf-8") as file:
            return int(file.read()) < before + 8
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(str(before))


def no_controller(match):
    """Not usable in version 2, nor mounted in version 1."""
    with open("/proc/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, place, kind, options = line.split()[:4]
            if kind == "cgroup" and match.group(1) in options.split(","):
                return False
            if kind == "cgroup2":
                with open(place + "/cgroup.controllers", encoding="utf-8") as controllers:
                    if match.group(1) in controllers.read().split():
                        return False
    return True


def no_realtime(_):
    return subprocess.run(["chrt", "-f", "1", "true"], capture_output=True).returncode != 0


def in_cpu_cgroup(_):
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split(":", 2) for line in file]
    if any("cpu" in controllers.split(",") for _, controllers, _ in lines):
        return any("cpu" in controllers.split(",") and path != "/" for _, controllers, path in lines)
    return any(os.path.exists(f"/sys/fs/cgroup{path}/cpu.weight") for _, _, path in lines)


def no_device_nodes(_):
    """/dev is not the kernel's own (devtmpfs), as in a container."""
    with open("/proc/mounts", encoding="utf-8") as mounts:
        kinds = [line.split()[2] for line in mounts if line.split()[1] == "/dev"]
    return not kinds or kinds[-1] != "devtmpfs"


def too_few_threads(match):
    """A limit of the container's cgroup, as it sees it, or of the user is below what the test needs."""
    limits = [resource.getrlimit(resource.RLIMIT_NPROC)[0]]
    for path in ("/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"):
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                limits.append(file.read().strip())
    return any(0 <= int(limit) <= int(match.group(1)) + 100 for limit in limits if limit != "max")


def no_free_huge_pages(_):
    """Whether the page allocator has no free block of 2 MiB or more: what lab cow-huge needs four of."""
    with open("/proc/buddyinfo", encoding="utf-8") as file:
        return sum(sum(int(count) for count in line.split()[4 + 9:]) for line in file) < 4


def no_boot_known(_):
    """Whether neither the kernel's log nor systemd knows of the last boot."""
    log = subprocess.run(["dmesg"], capture_output=True, text=True, check=False).stdout
    return " as init process" not in log and not os.path.isdir("/run/systemd/system")


# What a test may give as its reason, and whether it is true.
REASONS = (
    (r"needs root", lambda _: os.geteuid() != 0),
    (r"no CAP_BPF", no_bpf_capabilities),
    (r"bpf\(2\) is not permitted", bpf_refused),
    (r"a PID namespace of its own", lambda _: os.readlink("/proc/self/ns/pid") != "pid:[4026531836]"),
    (r"built without the BPF side", lambda _: True),
    (r"this kernel has no BTF", lambda _: not os.path.exists("/sys/kernel/btf/vmlinux")),
    (r"this kernel has no writable cgroup v2", cgroups_read_only),
    (r"no cgroup v2", cgroups_read_only),
    (r"no memory cgroup can be made", no_memory_controller),
    (r"this kernel shows no local timer", lambda _: os.uname().machine != "x86_64"),
    (r"this kernel\b", lambda _: True),
    (r"this machine has no swap", lambda _: len(open("/proc/swaps", encoding="utf-8").readlines()) < 2),
    (r"no cgroup controller (\S+) is mounted here", no_controller),
    (r"/\S+ is not writable", lambda match: not os.access(match.group(0).split()[0], os.W_OK)),
    # Debian 12's has the version of the table.
    (r"this Python has Unicode \S+, not (\S+)$", lambda match: unicodedata.unidata_version != match.group(1)),
    (r"only those of x86-64", lambda _: os.uname().machine != "x86_64"),
    (r"no network", lambda _: True),
    # scripts/npm_tools.sh installs it.
    (r"no trace_processor_shell", lambda _: shutil.which("trace_processor_shell") is None),
    (r"no loop device", no_loop_device),
    (r"mount is not permitted", lambda _: not unshares("--mount", "mount", "-t", "tmpfs", "t", "/mnt")),
    (r"no new pid namespace", lambda _: not unshares("--pid", "--fork", "true")),
    (r"no userfaultfd", no_userfaultfd),
    (r"(?:no )?kernel\.task_delayacct", lambda _: not writable("/proc/sys/kernel/task_delayacct")),
    (r"no file system on a disk", no_disk),
    (r"no user namespaces", lambda _: not unshares("-U", "-r", "true")),
    (r"no file can be swapped to", no_swap_file),
    (r"no pool of huge pages", no_huge_pages),
    (r"transparent huge pages are off",
     lambda _: "[never]" in open("/sys/kernel/mm/transparent_hugepage/enabled", encoding="utf-8").read()),
    (r"no transparent huge pages are free", no_free_huge_pages),
    (r"a nice value of 0 is not permitted", lambda _: os.nice(0) > 0),
    (r"the kernel's log (?:is not readable|no longer has this boot)", no_boot_known),
    (r"no KSM", lambda _: not writable("/sys/kernel/mm/ksm/run")),
    (r"KSM merges nothing", lambda _: True),  # it may be busy elsewhere for 20 s
    (r"no SCHED_DEADLINE bandwidth", lambda _: subprocess.run(
        ["chrt", "-d", "-T", "2000000", "-P", "10000000", "0", "true"], capture_output=True).returncode != 0),
    (r"no real-time task is permitted", no_realtime),
    (r"tasks of a cgroup have no autogroup", in_cpu_cgroup),
    (r"a new device gets no node in /dev", no_device_nodes),
    (r"(\d+) threads are not permitted", too_few_threads),
    (r"no /dev/full", lambda _: not os.path.exists("/dev/full")),
    (r"no pandas", lambda _: subprocess.run(["/usr/bin/python3", "-c", "import pandas"],
                                            capture_output=True).returncode != 0),
    # What this kernel does not show: reported as not measured, which the test has seen.
    (r"page tables are not read|where the struct pages are|rss_stat does not", lambda _: True),
    (r"this kernel does not report (?:which pages|readahead)", lambda _: True),
    # What the kernel or the device did while the test ran: it has checked all that it could.
    (r"the disk was faster than the reader|this kernel gives the device \d+ tags at least|"
     r"this kernel's loop device reads zeroes there", lambda _: True),
    (r"no zram device", lambda _: not os.access("/sys/class/zram-control/hot_add", os.R_OK)),
    (r"no make or no gcc", lambda _: not (shutil.which("make") and shutil.which("gcc"))),
    (r"no ((?:/\S+|\w+))$", unprogrammed),
)


def is_true(reason):
    for pattern, probe in REASONS:
        match = re.match(pattern, reason)
        if match:
            return probe(match)
    return False


# Of a failed test's output: what a reader of the end of a long log needs.
LAST_LINES = 20


def append(position, text):
    if len(sys.argv) > position:
        with open(sys.argv[position], "a", encoding="utf-8") as file:
            file.write(text)


def ctest_cases(root):
    """Yields name, status ("run", "fail", or another for a skipped one) and output."""
    for case in root.iter("testcase"):
        yield case.get("name"), case.get("status"), "".join(case.itertext())


def googletest_cases(root):
    """The same. A disabled test is "notrun" there; a skipped one has its reason in an element."""
    for case in root.iter("testcase"):
        failures = [failure.get("message", "") for failure in case.iter("failure")]
        skips = [skip.get("message", "") for skip in case.iter("skipped")]
        status = "fail" if failures else "skip" if skips or case.get("status") != "run" else "run"
        yield f"{case.get('classname')}.{case.get('name')}", status, "\n".join(failures or skips)


def main() -> int:
    passed = failed = skipped = 0
    bad = 0
    root = xml.parse(sys.argv[1]).getroot()
    cases = googletest_cases if root.tag == "testsuites" else ctest_cases
    for name, status, output in cases(root):
        if status == "fail":
            failed += 1
            lines = output.strip().splitlines()[-LAST_LINES:]
            append(3, "\n".join([name, *("    " + line for line in lines)]) + "\n")
        elif status == "run":
            passed += 1
        else:
            reason = re.search(r"cannot (?:run|be measured) here: (.*)", output)
            text = reason.group(1).strip() if reason else "no reason given"
            if is_true(text):
                skipped += 1
                append(2, f"{name}: {text}\n")
            else:
                failed += 1
                bad = 1
                append(3, f"{name} was skipped ({text}), but this machine can run it\n")
    print(passed, failed, skipped)
    return bad


if __name__ == "__main__":
    sys.exit(main())
