"""Drift of all columns of a table, with the real agent: a header that comes later, a new column, Parquet."""

import csv
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import harness
from harness import Agent, exposition, wait_until

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "table"
type = "file"
path = "{directory}/*.{format}"
settle = "300ms"
replaces = "any"

[[drift]]
name = "table"
columns = "*"
exclude = ["id", "*_time"]
reference = {{ first_rows = 1000 }}
window = {{ versions = 1 }}
family = "bh"
method = "psi"
"""
MEASURES = [f"m{i:02}" for i in range(56)]
TEXTS = ["plan", "unit price", "true", "zone"]
COLUMNS = ["id", "event_time", *MEASURES, *TEXTS]


def table(seed, shifted=(), more=(), rows=1000):
    """A day of the table; the values of `shifted` columns are half a standard deviation higher."""
    draw = random.Random(seed)
    names = [*COLUMNS, *more]
    days = [{"id": i, "event_time": 1_700_000_000 + i} for i in range(rows)]
    for day in days:
        for name in names[2:]:
            day[name] = (draw.choice(["small", "large"]) if name in TEXTS
                         else round(draw.gauss(0.5 if name in shifted else 0, 1), 4))
    return names, days


def write_csv(path, names, days):
    with open(path.with_suffix(".part"), "w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(days)
    path.with_suffix(".part").rename(path)


def write_parquet(path, names, days):
    sys.path.insert(0, str(harness.ROOT / "build/arrow"))
    import pyarrow.parquet  # noqa: PLC0415 (the agent without Parquet is tested without it)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(days).select(names), path)


def drifted(samples):
    return sorted(dict(labels)["column"] for (name, labels), value in samples.items()
                  if name == "leeway_drift_band" and value > 0)


class DriftColumnsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def agent(self):
        agent = Agent(self.directory, CONFIG.replace("{format}", "csv"))
        self.addCleanup(agent.close)
        agent.start_and_wait()
        return agent

    def page(self, agent):
        return agent.scrape()

    def see(self, agent, name, value):
        key = name, (("drift", "table"),)
        return wait_until(lambda: (page := self.page(agent)).get(key) == value and page, f"{name} to be {value}",
                          seconds=120)

    def test_the_columns_are_those_of_a_file_that_comes_later(self):
        agent = self.agent()
        self.see(agent, "leeway_drift_columns", 0)
        self.assertIn("the columns are not known: no file matches yet", agent.messages())
        write_csv(self.directory / "day1.csv", *table(1))
        self.see(agent, "leeway_drift_columns", 60)
        self.see(agent, "leeway_drift_reference_ready", 1)
        write_csv(self.directory / "day2.csv", *table(2))
        self.assertEqual([], drifted(self.see(agent, "leeway_drift_windows_total", 1)))
        write_csv(self.directory / "day3.csv", *table(3, shifted=["m07", "m31"], more=["added"]))
        page = self.see(agent, "leeway_drift_windows_total", 2)
        self.assertEqual(["m07", "m31"], drifted(page))
        self.assertEqual(1, page["leeway_drift_new_columns", (("drift", "table"),)])
        # A restart takes the new column in, and keeps the references of the others.
        agent.terminate()
        agent.start_and_wait()
        page = self.see(agent, "leeway_drift_columns", 61)
        self.assertEqual(["m07", "m31"], drifted(page))
        self.assertEqual(0, page["leeway_drift_reference_rows", (("column", "added"), ("drift", "table"))])

    def replay(self, form, write):
        for day in (1, 2):
            write(self.directory / f"day{day}.{form}", *table(day, shifted=["m07"] if day == 2 else []))
        config = self.directory / "replay.toml"
        config.write_text(CONFIG.replace("{format}", form).format(directory=self.directory))
        done = subprocess.run([harness.LEEWAY, "replay", "--config.file", str(config)], capture_output=True, text=True,
                              timeout=600)
        self.assertEqual(0, done.returncode, done.stderr)
        of_file = ("leeway_drift_window_file_info", "leeway_drift_window_end_timestamp_seconds")
        return {key: value for key, value in exposition.parse_samples(done.stdout).items()
                if key[0].startswith("leeway_drift_") and key[0] not in of_file}

    def test_csv_and_parquet_say_the_same(self):
        of_csv = self.replay("csv", write_csv)
        of_parquet = self.replay("parquet", write_parquet)
        self.assertEqual(["m07"], drifted(of_csv))
        self.assertEqual(60, of_csv["leeway_drift_columns", (("drift", "table"),)])
        # The order of the columns is that of the file in both.
        self.assertEqual(of_csv, of_parquet)


if __name__ == "__main__":
    unittest.main()
