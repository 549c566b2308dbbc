"""Versions of several files with the real agent: partitions of part files, directories by day, nightly files. What is
true is computed by Python from the same rows."""

import csv
import io
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import harness

sys.path.insert(0, str(harness.ROOT / "build/arrow"))
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402

CONFIG = """
[agent]
state_dir = "{{directory}}/state"
commit_interval = "20ms"
durability = "process"

[[source]]
name = "scores"
type = "file"
path = "{{directory}}/data/{path}"
path_fields = "day=(?P<day>[^/]+)/"
settle = "300ms"
{keys}

[[metric]]
name = "rows_total"
type = "counter"
help = "Rows of all versions."

[[metric]]
name = "score"
type = "gauge"
help = "Largest score."
value = "score"
labels = ["segment"]
aggregate = "max"

[[quality]]
name = "scores"
{quality}
[[quality.check]]
rows = {{{{ min = 1 }}}}
[[quality.check]]
mean = {{{{ column = "score", min = 0 }}}}
[[quality.check]]
unique = {{{{ columns = ["id"] }}}}
[[quality.check]]
distinct = {{{{ column = "id", min = 1 }}}}

[[drift]]
name = "scores"
columns = ["score"]
reference = {{{{ first_rows = 100 }}}}
window = {{{{ rows = 100 }}}}
threshold = 0.5
"""


def config(path, keys, quality=""):
    return CONFIG.format(path=path, keys=keys, quality=quality)


def rows_of(first, count, segments="abc"):
    chance = random.Random(first)
    return [{"id": first + i, "segment": chance.choice(segments), "score": chance.randrange(1000) / 8} for i in range(count)]


def table(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", "segment", "score"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def spark_name(number, extension):
    return f"part-{number:05}-{uuid.uuid4()}-c000.{extension}"


def quality(samples, name, check="", segment=None):
    labels = {"quality": "scores", **({"check": check} if check else {}), **({"segment": segment} if segment else {})}
    found = [value for (metric, pairs), value in samples.items()
             if metric == name and labels.items() <= dict(pairs).items()]
    return found[0] if len(found) == 1 else None


class PartitionTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.data = self.directory / "data"
        self.data.mkdir()

    def agent(self, path, keys, quality_keys=""):
        agent = harness.Agent(self.directory, config(path, keys, quality_keys))
        self.addCleanup(agent.close)
        return agent

    def write(self, name, rows):
        path = self.data / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(table(rows))
        return path

    def check(self, samples, rows, segment=None, runs=None):
        """The page says what Python finds in `rows`, which are a whole version."""
        self.assertEqual(len(rows), quality(samples, "leeway_quality_rows", segment=segment))
        self.assertAlmostEqual(statistics.fmean(row["score"] for row in rows),
                               quality(samples, "leeway_quality_check_value", "mean", segment))
        self.assertEqual(1 - len({row["id"] for row in rows}) / len(rows),
                         quality(samples, "leeway_quality_check_value", "unique", segment))
        self.assertLessEqual(quality(samples, "leeway_quality_check_value", "distinct", segment), len(rows))
        if runs is not None:
            self.assertEqual(runs, quality(samples, "leeway_quality_runs_total", segment=segment))

    def check_gauge(self, samples, rows):
        largest = {}
        for row in rows:
            largest[row["segment"]] = max(largest.get(row["segment"], row["score"]), row["score"])
        self.assertEqual(largest, {dict(labels)["segment"]: value for (name, labels), value in samples.items()
                                   if name == "score"})

    def see_rows(self, agent, count, segment=None):
        harness.wait_until(lambda: quality(agent.scrape(), "leeway_quality_rows", segment=segment) == count,
                           f"a version of {count} rows")
        return agent.scrape()

    def test_part_files_are_one_version_and_empty_ones_none(self):
        agent = self.agent("*.csv", 'version = "all"')
        first = [rows_of(0, 70, "ab"), rows_of(70, 30, "bc")]
        for number, rows in enumerate(first):
            self.write(spark_name(number, "csv"), rows)
        (self.data / spark_name(2, "csv")).touch()
        agent.start_and_wait()
        samples = self.see_rows(agent, 100)
        self.check(samples, sum(first, []), runs=1)
        self.check_gauge(samples, sum(first, []))
        self.assertEqual(100, samples[("rows_total", ())])
        self.assertEqual(1, samples[("leeway_source_rejected_file_versions_total",
                                     (("reason", "empty"), ("source", "scores")))])
        self.assertEqual(0, samples.get(("leeway_source_unreadable_files", (("source", "scores"),)), 0))
        self.assertIn("is empty: it adds no records to its version", agent.messages())
        # The job runs again with the same data: other names, the same content, nothing new.
        for path in self.data.iterdir():
            path.unlink()
        for number, rows in enumerate(first):
            self.write(spark_name(number, "csv"), rows)
        key = ("leeway_source_unchanged_file_versions_total", (("source", "scores"),))
        harness.wait_until(lambda: agent.scrape().get(key) == 1, "the same content to be recognised")
        # And with other data, in more parts, written one after the other.
        for path in self.data.iterdir():
            path.unlink()
        second = [rows_of(1000 * number, 40, "cd") for number in range(1, 6)]
        for number, rows in enumerate(second):
            self.write(spark_name(number, "csv"), rows)
            time.sleep(0.15)  # less than `settle`
        samples = self.see_rows(agent, 200)
        self.check(samples, sum(second, []), runs=2)
        self.check_gauge(samples, sum(second, []))
        self.assertEqual(300, samples[("rows_total", ())])

    def test_a_file_is_a_version_by_default_and_an_empty_one_changes_nothing(self):
        agent = self.agent("*/*.csv", "", 'segment = "day"')
        parts = [rows_of(1000 * number, 20 + number) for number in range(3)]
        for number, rows in enumerate(parts):
            self.write(f"day={number}/scores.csv", rows)
        (self.data / "day=0/empty.csv").touch()
        (self.data / "day=0/newline.csv").write_text("\n")
        agent.start_and_wait()
        key = ("leeway_source_rejected_file_versions_total", (("reason", "empty"), ("source", "scores")))
        harness.wait_until(lambda: agent.scrape().get(key) == 2, "the empty files to be rejected")
        for number, rows in enumerate(parts):
            samples = self.see_rows(agent, len(rows), segment=str(number))
            self.check(samples, rows, segment=str(number), runs=1)
        self.assertEqual(2, samples.get(("leeway_source_unreadable_files", (("source", "scores"),)), 0))
        self.assertIn("cannot be read (empty)", agent.messages())

    def test_directories_of_parquet_by_day_with_a_marker(self):
        agent = self.agent("*/*.parquet", 'version = "directory"\nmarker = "_SUCCESS"', 'segment = "day"')
        agent.start_and_wait()
        for day in ("2026-11-27", "2026-11-28"):
            rows = rows_of(int(day[-2:]) * 1000, 500)
            directory = self.data / f"day={day}"
            directory.mkdir()
            for number, begin in enumerate(range(0, 500, 125)):
                pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows[begin:begin + 125]),
                                            directory / spark_name(number, "snappy.parquet"))
            time.sleep(1)  # far more than `settle`
            self.assertIsNone(quality(agent.scrape(), "leeway_quality_rows", segment=day))
            self.assertLess(0, agent.scrape()[("leeway_source_lag_bytes", (("source", "scores"),))])
            (directory / "_SUCCESS").touch()
            self.check(self.see_rows(agent, 500, day), rows, day, runs=1)
            self.assertEqual(0, agent.scrape().get(("leeway_source_lag_bytes", (("source", "scores"),)), 0))
        self.assertEqual(1000, agent.scrape()[("rows_total", ())])

    def replay(self, agent):
        return subprocess.run([harness.LEEWAY, "replay", "--config.file", str(agent.config), "--format", "text"],
                              capture_output=True, text=True, timeout=60)

    def test_a_replay_says_which_files_wait_for_their_marker(self):
        agent = self.agent("*.csv", 'version = "all"\nmarker = "_SUCCESS"')
        self.write("part-0.csv", rows_of(0, 10))
        done = self.replay(agent)
        self.assertEqual(0, done.returncode)
        self.assertIn("part-0.csv' waits for '_SUCCESS' in its directory", done.stderr)
        (self.data / "_SUCCESS").touch()
        done = self.replay(agent)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotIn("waits", done.stderr)
        self.assertIn("a window of 100 rows is more than the 10 rows of a version", done.stderr)
        self.assertIn('leeway_quality_rows{quality="scores"} 10', done.stdout)

    def test_of_nightly_files_the_last_one_replaces_the_one_before(self):
        agent = self.agent("scores-*.csv", 'replaces = "any"')
        agent.start_and_wait()
        for night, segments in ((27, "abc"), (28, "bcd")):
            rows = rows_of(night, 60 + night, segments)
            self.write(f"scores-2026-11-{night}.csv", rows)
            samples = self.see_rows(agent, 60 + night)
            self.check(samples, rows, runs=night - 26)
            self.check_gauge(samples, rows)

    def test_drift_judges_a_version(self):
        """Rows of a version, and its shift of the mean in standard deviations of the reference."""
        agent = self.agent("*.csv", 'version = "all"')
        text = agent.config.read_text().replace('threshold = 0.5', 'threshold = 0.5\nmethod = "mean_shift"')
        agent.config.write_text(text.replace("window = { rows = 100 }", "window = { versions = 1 }"))
        reference = rows_of(0, 100)
        self.write("part-0.csv", reference)
        agent.start_and_wait()
        self.see_rows(agent, 100)
        parts = [rows_of(1000, 80), rows_of(2000, 45)]
        for row in parts[1]:
            row["score"] += 200
        for number, rows in enumerate(parts):
            self.write(f"part-{number}.csv", rows)
        self.see_rows(agent, 125)
        judged = ("leeway_drift_windows_total", (("drift", "scores"),))
        samples = harness.wait_until(lambda: (page := agent.scrape())[judged] == 1 and page, "the window to be judged")
        self.assertEqual(125, samples[("leeway_drift_rows", (("column", "score"), ("drift", "scores")))])
        before = [row["score"] for row in reference]
        now = [row["score"] for row in sum(parts, [])]
        self.assertAlmostEqual(abs(statistics.fmean(now) - statistics.fmean(before)) / statistics.stdev(before), samples[
            ("leeway_drift_score", (("column", "score"), ("drift", "scores"), ("method", "mean_shift")))], 6)

    def test_each_row_counts_once_over_kills_and_a_replay_says_the_same(self):
        parts = [rows_of(100_000 * number, 25_000) for number in range(12)]
        for number, rows in enumerate(parts):
            self.write(spark_name(number, "csv"), rows)
        total = sum(map(len, parts))
        chance = random.Random(7)
        agent = self.agent("*.csv", 'version = "all"')
        restored = []
        while len(restored) < 60 and (not restored or restored[-1] < total):
            agent.start_and_wait_for_port()
            rows_now = lambda: agent.scrape().get(("rows_total", ()), 0)  # noqa: E731
            restored.append(rows_now())
            if restored[-1] < total:
                harness.wait_until(lambda: rows_now() > restored[-1], "more rows")
                time.sleep(chance.uniform(0, 0.02))
            agent.kill()
        self.assertEqual(sorted(restored), restored)
        self.assertTrue(any(0 < rows < total for rows in restored), f"never killed within the version: {restored}")
        agent.start_and_wait()
        samples = self.see_rows(agent, total)
        self.check(samples, sum(parts, []), runs=1)
        self.check_gauge(samples, sum(parts, []))
        self.assertEqual(total, samples[("rows_total", ())], f"after {restored}")
        agent.kill()
        agent.start_and_wait()
        time.sleep(1)
        self.assertEqual(total, agent.scrape()[("rows_total", ())])
        replayed = self.replay(agent)
        self.assertEqual((0, ""), (replayed.returncode, replayed.stderr))
        own = {key: value for key, value in agent.scrape().items()
               if key[0].startswith(("rows_total", "score", "leeway_quality", "leeway_drift"))}
        self.assertEqual(own, {key: value for key, value in harness.exposition.parse_samples(replayed.stdout).items()
                               if key[0].startswith(("rows_total", "score", "leeway_quality", "leeway_drift"))})


if __name__ == "__main__":
    unittest.main()
