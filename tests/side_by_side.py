#!/usr/bin/env python3
"""Runs the Python tests in the given folders, with one process per file and a few at a time because most of them wait
for servers, and shows the output of each file when it has ended. Used by tests/run.sh. Each file has its own ports and
folders.

Usage: side_by_side.py FOLDER...    (the last line is "Ran N tests", exit code 1 if one failed)
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

# These run first: those that kill at random moments and must hit a working agent, together with those that mostly wait;
# then the longest. Files that are not named here follow.
FIRST = ("kill_test", "kill_statistics_test", "alertmanager_test", "rules_test", "rules_property_test", "alerting_test",
         "compose_test", "decision_pack_test", "drift_test", "parquet_test", "queries_test", "adapters_test",
         "dashboards_test")
SECONDS = 1200  # at most for a file


def rank(path):
    return FIRST.index(path.stem) if path.stem in FIRST else len(FIRST)


def run(path):
    """Whether the file's tests passed, how many it ran, and the output to show."""
    start = time.monotonic()
    command = [sys.executable, "-m", "unittest", "discover", "-s", path.parent, "-p", path.name]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False, 0, f"{path.stem}: FAILED, not done after {SECONDS} s"
    found = re.search(r"^Ran (\d+) tests? in", done.stdout, re.MULTILINE)
    count = int(found[1]) if found else 0
    passed = done.returncode == 0 and count > 0
    shown = f"{path.stem}: {count} tests in {time.monotonic() - start:.0f} s{'' if passed else ', FAILED'}"
    if not passed:
        return passed, count, f"{shown}\n{done.stdout}"
    said = [line.lstrip(".") for line in done.stdout.splitlines() if not re.match(r"-{9}|Ran |OK", line)]
    return passed, count, "\n    ".join([shown, *filter(None, said)])


def main():
    files = sorted((path for folder in sys.argv[1:] for path in pathlib.Path(folder).glob("*_test.py")), key=rank)
    failed, total = not files, 0
    with concurrent.futures.ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, path) for path in files]):
            passed, count, shown = future.result()
            print(shown, flush=True)
            failed, total = failed or not passed, total + count
    print(f"Ran {total} tests")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
