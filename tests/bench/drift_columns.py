#!/usr/bin/env python3
"""What [[drift]] over hundreds of columns costs: memory, time of calibration, processor time of a value, commits.

Writes tables of 500 columns x 10,000 rows and reads them with the release binary, with `columns = "*"` and with only a
counter; then lets the agent save one more line of a log again and again. Usage: tests/bench/drift_columns.py [COLUMNS [ROWS]]; LEEWAY_BIN names the binary. Takes a few minutes.
"""

import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

from process import agent

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
VERSIONS = 4

SOURCE = """
[[source]]
name = "table"
type = "file"
path = "{directory}/day*.csv"
replaces = "any"

[[metric]]
name = "rows_total"
source = "table"
type = "counter"
help = "Rows."
"""
DRIFT = """
[[drift]]
name = "table"
columns = "*"
reference = {{ {reference} }}
window = {{ versions = 1 }}
family = "bh"
{more}
"""


LOG = """
[[source]]
name = "app"
type = "log"
path = "{directory}/app.log"
format = "json"

[[metric]]
name = "lines_total"
source = "app"
type = "counter"
help = "Lines."
"""
COMMITS = 20


def write_tables(directory, columns, rows):
    """Versions of the same rows in another order each."""
    draw = random.Random(1)
    lines = [",".join(f"{draw.random():.6f}" for _ in range(columns)) for _ in range(rows)]
    for version in range(VERSIONS):
        draw.shuffle(lines)
        names = ",".join(f"c{i:03}" for i in range(columns))
        (directory / f"day{version}.csv").write_text("\n".join([names, *lines]) + "\n")


def replay(directory, text):
    """Processor seconds, and the most memory that the process had, in MB."""
    config = directory / "bench.toml"
    config.write_text(text.format(directory=directory))
    process = subprocess.Popen([LEEWAY, "replay", "--config.file", str(config)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"leeway replay ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def commits(directory, rows, text):
    """Bytes that a commit writes, its seconds, the processor seconds of a commit with its scrape; bytes of the state."""
    config, log, state = directory / "bench.toml", directory / "app.log", directory / "state"
    log.write_text("{}\n")
    config.write_text(text.format(directory=directory))
    with agent(LEEWAY, str(config), "app", log, state) as running:
        def value(name):
            return float(re.search(rf"^{name}(?:{{.*}})? (\S+)$", running.scrape(), re.M)[1])

        def written():
            return int(re.search(r"wchar: (\d+)", pathlib.Path(f"/proc/{running.process.pid}/io").read_text())[1])

        while value("leeway_drift_reference_ready") < 1 or value("rows_total") < VERSIONS * rows:
            time.sleep(0.5)
        results = []
        for _ in range(COMMITS):
            generation = value("leeway_checkpoint_generation")
            before, cpu = written(), running.cpu_seconds()
            with log.open("a") as file:
                file.write("{}\n")
            page = running.scrape()
            cpu = running.cpu_seconds() - cpu
            while value("leeway_checkpoint_generation") <= generation:
                time.sleep(0.01)
            results.append((written() - before - len(page), value("leeway_checkpoint_duration_seconds"), cpu))
    size = sum(file.stat().st_size for file in state.iterdir())
    return [statistics.median(column) for column in zip(*results)] + [size]


def main():
    columns = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        write_tables(directory, columns, rows)
        values = columns * rows * VERSIONS
        counter = replay(directory, SOURCE)
        # The reference never ends: what remains is reading and capturing.
        captured = replay(directory, SOURCE + DRIFT.replace("{reference}", f"first_rows = {rows * VERSIONS + 1}")
                          .replace("{more}", ""))
        fixed = replay(directory, SOURCE + DRIFT.replace("{reference}", f"first_rows = {rows}")
                       .replace("{more}", "threshold = 0.1"))
        calibrated = replay(directory, SOURCE + DRIFT.replace("{reference}", f"first_rows = {rows}")
                            .replace("{more}", ""))
        saved = commits(directory, rows, SOURCE + LOG + DRIFT.replace("{reference}", f"first_rows = {rows}")
                        .replace("{more}", 'source = "table"\nthreshold = 0.1'))
    print(f"| {columns} columns x {rows:,} rows, {VERSIONS} versions | processor s | MB |\n|---|---|---|")
    for title, (seconds, memory) in [("a counter of rows, no column read", counter),
                                     ("`columns = \"*\"`, capturing all rows", captured),
                                     ("`columns = \"*\"`, a reference, a fixed threshold", fixed),
                                     ("`columns = \"*\"`, a reference, calibrated thresholds", calibrated)]:
        print(f"| {title} | {seconds:.1f} | {memory:.0f} |")
    print(f"\nreading and capturing: {(captured[0] - counter[0]) / values * 1e9:.0f} ns a value; "
          f"calibration: {(calibrated[0] - fixed[0]) / columns * 1e3:.0f} ms more a column than a fixed threshold")
    written, seconds, cpu, size = saved
    print(f"a commit: {written / 1e3:.0f} kB written, {seconds * 1e3:.0f} ms, with its scrape {cpu * 1e3:.0f} ms of a "
          f"processor; the state directory: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
