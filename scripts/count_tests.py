#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts a ctest JUnit report: prints "passed failed skipped".

A skipped test says why on a line "cannot run here: REASON". On a machine where we are root and the
kernel can run sched, only what the machine itself lacks is a reason: then REASON begins with "this
kernel" or "no network", or names Perfetto's trace processor, which no distribution packages. Any
other skip is an error there (exit 1).
"""

import os
import re
import sys
import xml.etree.ElementTree as xml

ALLOWED = ("this kernel", "no network", "no trace_processor_shell")


def main() -> int:
    passed = failed = skipped = 0
    bad = 0
    for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
        status = case.get("status")
        if status == "fail":
            failed += 1
        elif status == "run":
            passed += 1
        else:
            skipped += 1
            output = "".join(case.itertext())
            reason = re.search(r"cannot run here: (.*)", output)
            text = reason.group(1).strip() if reason else "no reason given"
            print(f"skipped: {case.get('name')}: {text}", file=sys.stderr)
            if os.environ.get("CI") and os.geteuid() == 0 and not text.startswith(ALLOWED):
                print("  in CI that is an error: this machine can run it", file=sys.stderr)
                bad = 1
    print(passed, failed, skipped)
    return bad


if __name__ == "__main__":
    sys.exit(main())
