#!/usr/bin/env python3
"""What [[drift]] over hundreds of columns costs: memory, time of calibration, processor time of a value.

Writes tables of 500 columns x 10,000 rows and reads them with the release binary, with `columns = "*"` and with only a
counter. Usage: tests/bench/drift_columns.py [COLUMNS [ROWS]]; LEEWAY_BIN names the binary. Takes a few minutes.
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
VERSIONS = 4

SOURCE = """
[[source]]
name = "table"
type = "file"
path = "{directory}/day*.csv"

[[metric]]
name = "rows_total"
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
    print(f"| {columns} columns x {rows:,} rows, {VERSIONS} versions | processor s | MB |\n|---|---|---|")
    for title, (seconds, memory) in [("a counter of rows, no column read", counter),
                                     ("`columns = \"*\"`, capturing all rows", captured),
                                     ("`columns = \"*\"`, a reference, a fixed threshold", fixed),
                                     ("`columns = \"*\"`, a reference, calibrated thresholds", calibrated)]:
        print(f"| {title} | {seconds:.1f} | {memory:.0f} |")
    print(f"\nreading and capturing: {(captured[0] - counter[0]) / values * 1e9:.0f} ns a value; "
          f"calibration: {(calibrated[0] - fixed[0]) / columns * 1e3:.0f} ms more a column than a fixed threshold")


if __name__ == "__main__":
    main()
