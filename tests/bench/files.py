"""Measures file sources. Run by files.sh, which explains the purpose."""

import http.client
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import process
import pyarrow
import pyarrow.csv
import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/bench"
DATA = ROOT / "build/files-bench"
ROWS = 10_000_000
TEXT_ROWS = 2_000_000
REPEATS = 5

SOURCE = """
[agent]
state_dir = "{state}"
[[source]]
name = "table"
type = "file"
path = "{path}"
format = "{format}"
settle = "0s"
"""
TWO_NUMBERS = """
[[metric]]
name = "rows_total"
type = "counter"
help = "Rows."
when = "a >= 0.0 && b >= 0.0"
"""
# The least that can be done with the values.
TWO_SUMS = """
[[metric]]
name = "rows_total"
type = "counter"
help = "Rows."
[[metric]]
name = "a_total"
type = "counter"
help = "Sum of a."
value = "a"
[[metric]]
name = "b_total"
type = "counter"
help = "Sum of b."
value = "b"
"""
ONE_LABEL = """
[[metric]]
name = "rows_total"
type = "counter"
help = "Rows."
when = "a >= 0.0"
labels = ["group"]
"""


def table(rows):
    chance = random.Random(1)
    # Doubles in [1, 2): random fractions with one exponent.
    columns = {}
    for name in "abcd":
        bits = bytearray(chance.randbytes(8 * rows))
        bits[6::8] = bytes(0xF0 | byte & 0x0F for byte in bits[6::8])
        bits[7::8] = b"\x3f" * rows
        columns[name] = pyarrow.Array.from_buffers(pyarrow.float64(), rows, [None, pyarrow.py_buffer(bytes(bits))])
    words = pyarrow.array([f"group {i}" for i in range(20)])
    numbers = pyarrow.py_buffer(bytes(byte % 20 for byte in chance.randbytes(rows)))
    codes = pyarrow.Array.from_buffers(pyarrow.int8(), rows, [None, numbers])
    columns["group"] = pyarrow.DictionaryArray.from_arrays(codes, words).dictionary_decode()
    return pyarrow.table(columns)


def write_files():
    DATA.mkdir(parents=True, exist_ok=True)
    if (DATA / "done").exists():
        return
    pyarrow.parquet.write_table(table(ROWS), DATA / "t.parquet", compression="zstd", row_group_size=1 << 20)
    text = table(TEXT_ROWS)
    pyarrow.csv.write_csv(text, DATA / "t.csv")
    with open(DATA / "t.jsonl", "w") as out:
        for batch in text.to_batches():
            rows = zip(*(column.to_pylist() for column in batch.columns))
            out.writelines(f'{{"a": {a!r}, "b": {b!r}, "c": {c!r}, "d": {d!r}, "group": "{group}"}}\n'
                           for a, b, c, d, group in rows)
    (DATA / "done").touch()


def config(folder, name, metric):
    path = DATA / name
    text = SOURCE.format(state=f"{folder}/state", path=path, format=path.suffix[1:]) + metric
    file = pathlib.Path(folder) / "leeway.toml"
    file.write_text(text)
    return file


def replay(name, metric, rows):
    """The fastest of several replays, each of which must count `rows` rows."""
    best = None
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            usage = process.run([str(BUILD / "leeway"), "replay", "--config.file", str(config(folder, name, metric))])
        counted = sum(float(line.rsplit(" ", 1)[1]) for line in usage.output.splitlines()
                      if line.startswith("rows_total"))
        if counted != rows:
            raise RuntimeError(f"{name}: {counted} rows instead of {rows}")
        best = usage if best is None or usage.cpu_seconds < best.cpu_seconds else best
    return best


def scan(program, columns):
    """The fastest of several whole scans, and the fewest seconds from the opened file to the last row."""
    command = [str(BUILD / program), str(DATA / "t.parquet"), *columns]
    usages = [process.run(command) for _ in range(REPEATS)]
    rows = {re.search(r"(\d+ rows, sum .*)", usage.output)[1] for usage in usages}
    seconds = min(float(usage.output.split(" s reading")[0]) for usage in usages)
    return min(usages, key=lambda usage: usage.cpu_seconds), seconds, rows


def report(what, seconds, usage, rows, size, floor=None):
    line = (f"{what:40} {seconds:6.2f} s CPU {rows / seconds / 1e6:7.1f} M rows/s "
            f"{size / seconds / 1e6:7.0f} MB/s {usage.peak_rss / 2**20:6.1f} MiB")
    print(line + (f"  {seconds / floor:.2f} x Arrow's" if floor else ""))


def compare(columns, what, metric, size):
    names = " ".join(columns)
    arrow, floor, expected = scan("tests/bench/parquet_scan", columns)
    reader, seconds, rows = scan("parquet_read", columns)
    if rows != expected:
        raise RuntimeError(f"{names}: Arrow reads {expected}, the agent {rows}")
    report(f"reading {names}: Arrow", floor, arrow, ROWS, size)
    report(f"reading {names}: the agent's reader", seconds, reader, ROWS, size, floor)
    report(f"whole process, {names}: Arrow", arrow.cpu_seconds, arrow, ROWS, size)
    replayed = replay("t.parquet", metric, ROWS)
    report(f"whole process, {names}: replay, {what}", replayed.cpu_seconds, replayed, ROWS, size, arrow.cpu_seconds)


def scrapes():
    """Durations of scrapes while the large file is read, ascending; and the agent's peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        port = process.free_port()
        command = [str(BUILD / "leeway"), "run", "--config.file", str(config(folder, "t.parquet", ONE_LABEL)),
                   "--web.listen-address", f"127.0.0.1:{port}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                agent = process.Agent(running, port)
                return scrapes_until_ready(agent), agent.peak_rss()
            finally:
                running.kill()


def scrapes_until_ready(agent):
    taken = []
    while True:
        try:
            start = time.monotonic()
            agent.scrape()
            taken.append(time.monotonic() - start)
            if agent.get("/-/ready")[0] == 200:
                return sorted(taken)
        except (OSError, http.client.HTTPException):
            agent.connection.close()
        time.sleep(0.01)


def main():
    write_files()
    print(f"pyarrow {pyarrow.__version__}; {ROWS:,} rows of four doubles and a text in zstd, "
          f"{(DATA / 't.parquet').stat().st_size / 1e6:.0f} MB; the fastest of {REPEATS} runs each")
    size = (DATA / "t.parquet").stat().st_size
    print("Reading: from the opened file to the last row, as Arrow's arrays or as the agent's batches of rows. A replay is "
          "a whole process, which also hashes the whole file first, and evaluates and counts every row.")
    for columns, what, metric in ((["a", "b"], "their sums", TWO_SUMS), (["a", "b"], "compared", TWO_NUMBERS),
                                  (["a", "group"], "by group", ONE_LABEL)):
        compare(columns, what, metric, size)
    for name in ("t.csv", "t.jsonl"):
        size = (DATA / name).stat().st_size
        usage = replay(name, ONE_LABEL, TEXT_ROWS)
        report(f"whole process, {name}: replay", usage.cpu_seconds, usage, TEXT_ROWS, size)
    taken, peak = scrapes()
    print(f"{len(taken)} scrapes while t.parquet is read: median {taken[len(taken) // 2] * 1000:.1f} ms, "
          f"slowest {taken[-1] * 1000:.1f} ms; peak memory {peak / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
