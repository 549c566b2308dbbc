#!/usr/bin/env python3
"""What `leeway init` makes of logs: init_corpus.py PROGRAM FILE-OR-DIRECTORY...

Prints a row for each file: the formats found, the share of the lines that are records once the written configuration
reads all of the file, the field of the time, labels, seconds; and the totals. Continuation lines of joined records
count as read."""

import pathlib
import re
import subprocess
import sys
import tempfile
import time


def files_of(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(path for path in argument.rglob("*") if path.is_file()) if argument.is_dir() else [argument]


def value_of(page, name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE))


def row_of(program, path):
    with tempfile.TemporaryDirectory() as directory:
        config = pathlib.Path(directory) / "leeway.toml"
        start = time.monotonic()
        made = subprocess.run([program, "init", "--output", config, path], capture_output=True, text=True)
        seconds = time.monotonic() - start
        if not config.exists():
            return path.name, "none", 0, "", "", seconds, made.returncode, made.stderr.strip()
        check = subprocess.run([program, "check", "--config.file", config], capture_output=True, text=True)
        page = subprocess.run([program, "replay", "--internal-metrics", "--config.file", config], capture_output=True, text=True).stdout
        text = config.read_text()
        records = value_of(page, "leeway_source_records_total") + value_of(page, "leeway_source_ignored_records_total")
        rejected = value_of(page, "leeway_source_rejected_lines_total")
        found = re.search(r": (.*); \d+ records", made.stderr)
        when = re.search(r"^  time +(.*)$", made.stderr, re.MULTILINE)
        labels = re.findall(r"^labels = \{ (.*) \}", text, re.MULTILINE)
        names = " ".join(re.findall(r"(\w+) = [\"']", " ".join(labels)))
        share = records / (records + rejected) if records + rejected else 0
        return (path.name, found[1] if found else "?", share, when[1] if when else "", names, seconds, check.returncode,
                check.stderr.strip())


def main():
    program, *paths = sys.argv[1:]
    rows = [row_of(program, path) for path in files_of(paths)]
    print(f"{'file':28} {'read':>7} {'sec':>5} check  {'time':18} {'formats':40} labels")
    for name, formats, share, when, labels, seconds, code, said in rows:
        print(f"{name[:28]:28} {share:7.2%} {seconds:5.2f} {code:>3}{'w' if said else ' '}   {when[:18]:18} {formats[:40]:40} {labels}")
        if said:
            print("      " + said.splitlines()[0][:150])
    found = [row for row in rows if "no format" not in row[1] and row[1] != "none"]
    full = sum(row[2] >= 0.99 for row in found)
    timed = sum(row[3] not in ("", "none") for row in rows)
    print(f"{len(rows)} files; {len(found)} with a format; {full} of these with 99 % of the lines read; {timed} with a time; "
          f"{sum(row[6] == 0 and not row[7] for row in rows)} checked without a word; slowest {max(row[5] for row in rows):.2f} s")


if __name__ == "__main__":
    main()
