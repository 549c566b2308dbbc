"""A replay that ends at a time prints what a replay of the files cut at that time prints: random logs and times, cut by
Python."""

import csv
import datetime
import io
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

import harness

MONITORS = """
[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
labels = ["code"]

[[metric]]
name = "latest"
type = "gauge"
help = "Last."
value = "ms"
labels = ["code"]

[[metric]]
name = "request_duration_seconds"
type = "histogram"
help = "Duration."
value = "ms / 1000"
buckets = [0.1, 0.5]

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9
period = "3h"

[[drift]]
name = "latency"
columns = ["ms"]
reference = { first_rows = 100 }
window = { time = "1m" }
threshold = 0.1

[[change]]
name = "latency"
value = "ms"
reference = { first_rows = 200 }
average_run_length = 200

[[quality]]
name = "minutes"
window = { time = "1m" }
[[quality.check]]
mean = { column = "ms", max = 500 }
[[quality.summary]]
columns = ["ms"]
by = "code"
"""

BEGIN = 1_700_000_000  # a second; times are whole ones
# Metrics of the agent itself that are about the process or the files, not about what was read.
OF_THE_PROCESS = re.compile("leeway_(build|start|checkpoint|process|config)|process_")


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def replay(directory, config, *arguments):
    path = pathlib.Path(directory) / "config.toml"
    path.write_text(config)
    done = subprocess.run([harness.LEEWAY, "replay", "--config.file", str(path), "--internal-metrics", "--format", "text",
                           *arguments], capture_output=True, text=True, timeout=60, cwd=directory)
    return done, [line for line in done.stdout.splitlines() if not OF_THE_PROCESS.search(line)]


def left_out(done):
    """What it said on standard error, without the examples."""
    return [line.split(", such as: ")[0] for line in done.stderr.splitlines()]


def random_record(chance, now):
    return {"code": chance.choice([200, 200, 200, 404, 500]), "ms": chance.randrange(1000) + (now - BEGIN) // 10}


def random_line(chance, now):
    """A line, and the time of its record: none for lines that are no record, or have no time."""
    record = random_record(chance, now)
    kind = chance.randrange(25)
    if kind == 0:
        return "  at Frame.run(frame.py)", None
    if kind == 1:
        return json.dumps(record), None
    if kind == 2:
        return json.dumps({"ts": "soon", **record}), None
    if kind == 3:
        return "", None
    own = now - chance.randrange(300) if kind < 8 else now
    return json.dumps({"ts": chance.choice([rfc3339(own), own, own * 1000]), **record}), own


def kept_lines(text, until):
    """An ordinary reader's idea of a log up to `until`: lines without a time were written with those before them."""
    after = False
    for line in text.splitlines(keepends=True):
        try:
            time = json.loads(line)["ts"]
        except (ValueError, KeyError):
            time = None
        if isinstance(time, str):
            time = datetime.datetime.fromisoformat(time).timestamp() if time[0] == "2" else None
        elif time is not None:
            time = time / 1000 if time > 10 * BEGIN else time
        after = after if time is None else time > until
        if not after:
            yield line


class LogTest(unittest.TestCase):
    CONFIG = '[[source]]\nname = "app"\ntype = "log"\npath = "*.log"\nformat = "json"\ntime = "ts"\n' + MONITORS

    def check(self, seed):
        chance = random.Random(seed)
        now = BEGIN
        # Before the first time, a record has the time of its arrival, which differs from run to run.
        lines = [json.dumps({"ts": now, "code": 200, "ms": 1}) + "\n"]
        for _ in range(chance.randrange(200, 4000)):
            now += chance.randrange(4)
            lines.append(random_line(chance, now)[0] + "\n")
        text = "".join(lines)
        until = chance.randrange(BEGIN - 10, now + 10)
        with tempfile.TemporaryDirectory() as whole, tempfile.TemporaryDirectory() as cut:
            (pathlib.Path(whole) / "app.log").write_text(text)
            (pathlib.Path(cut) / "app.log").write_text("".join(kept_lines(text, until)))
            done, page = replay(whole, self.CONFIG, "--until", rfc3339(until))
            cut_done, cut_page = replay(cut, self.CONFIG)
            self.assertEqual((0, left_out(cut_done)), (done.returncode, left_out(done)))
            self.assertEqual(cut_page, page, f"seed {seed}, until {rfc3339(until)}")
            return page

    def test_equals_a_replay_of_what_was_written_until_then(self):
        shown = set()
        for seed in range(40):
            shown |= {line.split("{")[0] for line in self.check(seed)}
        for name in ("leeway_slo_error_budget_remaining_ratio", "leeway_drift_score", "leeway_quality_check_value",
                     "leeway_change_statistic", "leeway_source_rejected_lines_total"):
            self.assertIn(name, shown)

    def test_the_budget_of_an_slo_is_that_of_the_time(self):
        """Ten events, two of them bad, then good ones for a day."""
        lines = [{"ts": BEGIN + i, "code": 500 if i < 2 else 200, "ms": 1} for i in range(10)]
        lines += [{"ts": BEGIN + 60 * i, "code": 200, "ms": 1} for i in range(1, 1440)]
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "app.log").write_text("".join(json.dumps(line) + "\n" for line in lines))
            _, page = replay(directory, self.CONFIG, "--until", rfc3339(BEGIN + 9))
            self.assertIn('leeway_slo_error_budget_remaining_ratio{slo="availability"} -1', page)
            _, page = replay(directory, self.CONFIG)
            self.assertIn('leeway_slo_error_budget_remaining_ratio{slo="availability"} 1', page)

    def test_a_state_is_kept_and_what_is_passed_over_is_said(self):
        with tempfile.TemporaryDirectory() as directory:
            log = pathlib.Path(directory) / "app.log"
            log.write_text("".join(json.dumps({"ts": BEGIN + i, "code": 200, "ms": 1}) + "\n" for i in range(10)))
            done, _ = replay(directory, self.CONFIG, "--until", rfc3339(BEGIN + 4), "--state.dir", "state")
            self.assertIn("no later run reads them", done.stderr)
            _, page = replay(directory, self.CONFIG, "--state.dir", "state")
            self.assertIn('requests_total{code="200"} 5', page)

    def test_a_log_without_times_has_no_end(self):
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "app.log").write_text('{"code": 200, "ms": 1}\n')
            done, page = replay(directory, self.CONFIG.replace('time = "ts"\n', ""), "--until", rfc3339(BEGIN))
            self.assertIn("source 'app' has no `time`", done.stderr)
            self.assertIn('requests_total{code="200"} 1', page)


class FileTest(unittest.TestCase):
    """Tables that are read as a whole: with times of their own, or with those of their files."""
    CONFIG = '[[source]]\nname = "app"\ntype = "file"\npath = "*.csv"\nformat = "csv"\n' \
             "path_fields = '(?P<number>[0-9]+).csv$'\n"

    def write(self, directory, name, rows, modified):
        text = io.StringIO()
        table = csv.DictWriter(text, ["ts", "code", "ms"], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        path = pathlib.Path(directory) / name
        path.write_text(text.getvalue())
        os.utime(path, (modified, modified))

    def check(self, seed, timed):
        chance = random.Random(seed)
        together = 'version = "all"\n' if seed % 2 else ""
        config = self.CONFIG + ('time = "ts"\n' if timed else together) + MONITORS
        config += '[[quality]]\nname = "version"\nsegment = "number"\n[[quality.check]]\nrows = { min = 1 }\n'
        until = chance.randrange(BEGIN - 10, BEGIN + 2000)
        with tempfile.TemporaryDirectory() as whole, tempfile.TemporaryDirectory() as cut:
            for number in range(5):
                modified = BEGIN + 400 * number
                rows = []
                for _ in range(chance.randrange(1, 400)):
                    own = BEGIN + chance.randrange(1600) if timed and chance.random() < 0.9 else None
                    rows.append({"ts": "" if own is None else own, **random_record(chance, modified)})
                kept = [row for row in rows if (row["ts"] or modified) <= until] if timed else (
                    rows if modified <= until else [])
                self.write(whole, f"{number}.csv", rows, modified)
                if kept:
                    self.write(cut, f"{number}.csv", kept, modified)
            done, page = replay(whole, config, "--until", rfc3339(until))
            expected = replay(cut, config)[1]
            if timed:  # bytes and anomalies are those of the whole file
                left_out = ("leeway_source_read_bytes_total", "leeway_source_anomalies_total")
                page, expected = ([line for line in lines if not line.startswith(left_out)] for lines in (page, expected))
            self.assertEqual(expected, page, f"seed {seed}: {done.stderr}")

    def test_of_records_with_times(self):
        for seed in range(15):
            self.check(seed, True)

    def test_of_files_without_times(self):
        for seed in range(15):
            self.check(seed, False)


if __name__ == "__main__":
    unittest.main()
