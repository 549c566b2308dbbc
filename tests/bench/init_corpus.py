#!/usr/bin/env python3
"""What `leeway init` makes of logs: init_corpus.py PROGRAM FILE-OR-DIRECTORY..., or --shapes [NAME...] instead of files.

Of files, prints a row for each: the formats found, the share of the lines that are records once the written configuration
reads all of the file, the field of the time, labels, seconds; and the totals. Continuation lines of joined records
count as read.

--shapes writes logs in the shapes that programs write (init_shapes.py), lets init see their first half, and compares
what the configuration makes of all of it with what was written: the format, the number of records, the time of the last
one and whether its zone is known, how many values labels have. Ends with 1 where a share is below what is promised."""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import init_more_shapes
import init_shapes

PROMISED = {"format": 0.95, "records": 0.99, "time": 0.95, "counted": 0.95, "labels": 1.0, "check": 1.0}
MOST_VALUES = 200


def files_of(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(path for path in argument.rglob("*") if path.is_file()) if argument.is_dir() else [argument]


def run(*arguments):
    return subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, check=False)


def value_of(page, name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE))


def most_values(page):
    """Of a label of a counter, different values."""
    values = {}
    for name, labels in re.findall(r"^(\w+_total){(.*)} ", page, re.MULTILINE):
        if not name.startswith("leeway_"):
            for label, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels):
                values.setdefault((name, label), set()).add(value)
    return max((len(found) for found in values.values()), default=0)


# What level() makes of what loggers write.
LEVELS = {
    "trace": ("trc", "trce"),
    "debug": ("d", "dbg", "dbug", "fine"),
    "info": ("i", "inf", "notice", "log", "6"),
    "warning": ("w", "warn", "wrn", "4"),
    "error": ("e", "err", "fail", "3"),
    "fatal": ("f", "severe", "critical"),
}
KNOWN = {word: name for name, words in LEVELS.items() for word in (name, *words)}


def truth(shape, lines):
    pattern, label = shape.counted
    found = collections.Counter(match[1] for match in (re.search(pattern, line) for line in lines) if match)
    if label != "level":
        return dict(found)
    named = collections.Counter()
    for word, count in found.items():
        named[KNOWN[word.lower()]] += count
    return dict(named)


def is_counted(shape, lines, page):
    """Whether a counter, summed over its other labels, is what the regular expression finds."""
    if not shape.counted:
        return True
    sums = collections.defaultdict(collections.Counter)
    for name, labels, value in re.findall(r"^(\w+_total){(.*)} (\S+)$", page, re.MULTILINE):
        for label, text in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels):
            if not name.startswith("leeway_") and shape.counted[1] in (label, None) and float(value):
                sums[name, label][text] += float(value)
    return truth(shape, lines) in [dict(found) for found in sums.values()]


class Trial:
    """What init, check and replay say of one log."""

    def __init__(self, program, path, directory):
        self.config = directory / "leeway.toml"
        start = time.monotonic()
        made = run(program, "init", "--output", self.config, path)
        self.seconds = time.monotonic() - start
        self.said = made.stderr
        self.found = self.config.exists()
        found = re.search(r": (.*); \d+ records", made.stderr)
        self.formats = found[1] if found else "?" if self.found else "none"
        when = re.search(r"^  time +(.*)$", made.stderr, re.MULTILINE)
        self.time = when[1] if when else ""
        self.check = run(program, "check", "--strict", "--config.file", self.config) if self.found else made
        text = self.config.read_text() if self.found else ""
        labels = re.findall(r"^labels = \{ (.*) \}", text, re.MULTILINE)
        self.labels = " ".join(re.findall(r"(\w+) = [\"']", " ".join(labels)))

    def complaint(self):
        """What check says against it, the first line; "" if it is content."""
        if self.check.returncode == 0 and not self.check.stderr.strip():
            return ""
        lines = [line for line in (self.check.stdout + self.check.stderr).splitlines() if "warning" in line or "error" in line]
        return lines[0] if lines else "check failed"

    def replay(self, program):
        page = run(program, "replay", "--internal-metrics", "--config.file", self.config).stdout
        self.records = value_of(page, "leeway_source_records_total")
        self.ignored = value_of(page, "leeway_source_ignored_records_total")
        self.rejected = value_of(page, "leeway_source_rejected_lines_total")
        self.last = value_of(page, "leeway_source_last_record_timestamp_seconds")
        self.most_values = most_values(page)
        self.page = page

    def share(self):
        read = self.records + self.ignored
        return read / (read + self.rejected) if read + self.rejected else 0


def print_files(program, paths):
    rows = []
    print(f"{'file':28} {'read':>7} {'sec':>5} check  {'time':18} {'formats':40} labels")
    for path in files_of(paths):
        with tempfile.TemporaryDirectory() as directory:
            trial = Trial(program, path, pathlib.Path(directory))
            if trial.found:
                trial.replay(program)
        share = trial.share() if trial.found else 0
        said = trial.complaint()
        rows.append((trial, share, not said))
        print(f"{path.name[:28]:28} {share:7.2%} {trial.seconds:5.2f} {trial.check.returncode:>3}{'w' if said else ' '}   {trial.time[:18]:18} "
              f"{trial.formats[:40]:40} {trial.labels}")
        if said:
            print("      " + said[:170])
    found = [row for row in rows if "no format" not in row[0].formats and row[0].formats != "none"]
    full = sum(row[1] >= 0.99 for row in found)
    timed = sum(row[0].time not in ("", "none") for row in rows)
    print(f"{len(rows)} files; {len(found)} with a format; {full} of these with 99 % of the lines read; {timed} with a time; "
          f"{sum(row[2] for row in rows)} checked without a word; slowest {max(row[0].seconds for row in rows):.2f} s")


def verdict(program, shape, directory, records=4000):
    log = directory / "app.log"
    middle, last = init_shapes.write(shape, log, records)
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:middle]))
    trial = Trial(program, log, directory)
    log.write_text("".join(lines))
    os.utime(log, (last + 1, last + 1))
    trial.replay(program)
    has_zone = "times have no zone" not in trial.said
    times = abs(trial.last - last) <= shape.precision and has_zone == shape.zoned if shape.timed else trial.time == "none"
    return trial, {
        "format": bool(re.search(shape.family, trial.formats)),
        "records": abs(trial.records - records) <= 0.01 * records,
        "time": times,
        "counted": is_counted(shape, lines, trial.page),
        "labels": trial.most_values <= MOST_VALUES,
        "check": not trial.complaint(),
    }


def print_shapes(program, names=()):
    rows = []
    print(f"{'shape':18} {' '.join(f'{name:7}' for name in PROMISED)} {'records':>7} {'rejected':>8} {'values':>6} {'sec':>5} formats")
    for shape in (*init_shapes.SHAPES, *init_more_shapes.SHAPES):
        if names and shape.name not in names:
            continue
        with tempfile.TemporaryDirectory() as directory:
            trial, good = verdict(program, shape, pathlib.Path(directory))
        rows.append(good)
        print(f"{shape.name:18} {' '.join(f'''{'yes' if good[name] else 'NO':7}''' for name in PROMISED)} {trial.records:7.0f} {trial.rejected:8.0f} "
              f"{trial.most_values:6} {trial.seconds:5.2f} {trial.formats}")
        if not good["check"]:
            print("      " + trial.complaint()[:170])
    shares = {name: sum(row[name] for row in rows) / len(rows) for name in PROMISED}
    print(f"{len(rows)} shapes; " + "; ".join(f"{name} {share:.1%}" for name, share in shares.items()))
    return 0 if all(shares[name] >= promised for name, promised in PROMISED.items()) else 1


def main():
    program, *paths = sys.argv[1:]
    if paths[:1] == ["--shapes"]:
        sys.exit(print_shapes(program, paths[1:]))
    print_files(program, paths)


if __name__ == "__main__":
    main()
