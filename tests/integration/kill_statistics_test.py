"""Scores survive `kill -9` bit for bit: an agent that reads data files is killed repeatedly, in the middle of a file and
between files, and in the end reports the same drift, change and quality as one uninterrupted replay."""

import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

import harness

KILLS = 40
FILES = 12
ROWS = 500_000  # of the largest file
CONFIG = """
[agent]
state_dir = "{directory}/state"
commit_interval = "10ms"
poll_interval = "10ms"

[[source]]
name = "scores"
type = "file"
format = "csv"
path = "{directory}/in/*.csv"
replaces = "any"
settle = "0s"

[[drift]]
name = "inputs"
columns = ["price", "zone"]
method = ["wasserstein", "ks", "psi", "jensen_shannon", "null_rate", "unseen_category"]
segment = "site"
reference = {{ first_rows = 2000 }}
window = {{ rows = 1000, step = 250 }}

[[drift]]
name = "by_reference"
columns = ["price", "zone"]
reference = [ {{ name = "early", first_rows = 1000 }}, {{ name = "later", first_rows = 9000 }} ]
window = {{ rows = 1000 }}

[[change]]
name = "price"
value = "price"
method = ["cusum", "page_hinkley", "ewma", "adwin"]
reference = {{ first_rows = 1000 }}

[[quality]]
name = "files"
[[quality.check]]
rows = {{ min = 1 }}
[[quality.check]]
rows_change = {{ min = -0.5 }}
[[quality.check]]
unique = {{ columns = ["id"] }}
[[quality.check]]
distinct = {{ column = "id", min = 1 }}
[[quality.check]]
quantile = {{ column = "price", q = 0.9, max = 20 }}
[[quality.summary]]
columns = ["price"]
by = "zone"
quantiles = [0.5]

[[quality]]
name = "windows"
window = {{ rows = 700 }}
[[quality.check]]
null_ratio = {{ column = "price", max = 0.02 }}
[[quality.check]]
correlation = {{ columns = ["id", "price"], min = -0.5 }}

[[metric]]
name = "rows_total"
type = "counter"
help = "Rows."
labels = ["site"]
"""
PREFIXES = ("leeway_drift_", "leeway_change_", "leeway_quality_", "rows_total", "leeway_source_read_bytes_total",
            "leeway_source_records_total")


def write_files(directory, draw):
    """Files with ascending times, so that they are always read in the same order; a shift occurs in the middle."""
    directory.mkdir()
    number = 0
    for index in range(FILES):
        lines = ["id,site,price,zone\n"]
        for _ in range(draw.choice([1, 50, 5_000, ROWS])):
            number += 1
            price = "" if draw.random() < 0.01 else f"{draw.gauss(10 if index < FILES / 2 else 10.4, 2):.3f}"
            lines.append(f"{number},{draw.choice(['a', 'b'])},{price},{draw.choice(['north', 'south', 'east'])}\n")
        path = directory / f"{index:02}.csv"
        path.write_text("".join(lines))
        os.utime(path, (1_700_000_000 + index, 1_700_000_000 + index))


def settled(samples, rows):
    """Everything is read, and nothing waits for thresholds."""
    waiting = ("leeway_drift_pending_windows", "leeway_change_waiting_values")
    return rows == sum(value for key, value in samples.items() if key[0] == "rows_total") and 0 == sum(
        value for key, value in samples.items() if key[0] in waiting)


def scores(samples):
    return {key: value for key, value in samples.items() if key[0].startswith(PREFIXES)}


class KillStatisticsTest(unittest.TestCase):
    def test_scores_after_kills_are_those_of_one_replay(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            draw = random.Random(7)
            write_files(directory / "in", draw)
            agent = harness.Agent(directory, CONFIG)
            self.addCleanup(agent.close)
            whole = subprocess.run([harness.LEEWAY, "replay", "--config.file", agent.config, "--internal-metrics"],
                                   capture_output=True, text=True, check=True, timeout=120)
            truth = scores(harness.exposition.parse_samples(whole.stdout))
            self.assertGreater(len(truth), 60)
            rows = sum(value for key, value in truth.items() if key[0] == "rows_total")

            stopped_at = set()
            for _ in range(KILLS):
                agent.start_and_wait_for_port()
                time.sleep(draw.uniform(0, 0.03))
                stopped_at.add(sum(value for key, value in agent.scrape().items() if key[0] == "rows_total"))
                agent.kill()
            agent.start_and_wait()
            found = scores(harness.wait_until(
                lambda: settled(page := agent.scrape(), rows) and scores(page).keys() >= truth.keys() and page, "all files", 120))
            differing = {key: (value, found.get(key)) for key, value in truth.items()
                         if repr(found.get(key)) != repr(value)}
            self.assertEqual({}, differing)
            self.assertEqual(truth.keys(), found.keys())
            between = [stop for stop in stopped_at if 0 < stop < rows]
            self.assertGreater(len(between), 2, "it was rarely killed while reading; make the files larger")
            print(f"kills: {KILLS}, of them after {sorted(stopped_at)} of {rows:.0f} rows; {len(truth)} samples equal")


if __name__ == "__main__":
    unittest.main()
