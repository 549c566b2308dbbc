"""A report that another process writes, correctly and incorrectly, as gauges of the real agent; and the examples."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest
import urllib.request

import harness

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "report"
type = "file"
path = "{directory}/report.json"
format = "json"
records = "features.*"
key = "feature"
parents = "report"
settle = "{settle}"

[[metric]]
name = "ks"
type = "gauge"
help = "Statistic."
when = "has(ks)"
value = "ks"
labels = ["feature"]

[[metric]]
name = "features_total"
type = "counter"
help = "Features of all reports."
"""


def report(value):
    return json.dumps({"n": 10, "features": {"age": {"ks": value}, "region": {"shift": 0.1}}}, indent=2)


def page(agent):
    with urllib.request.urlopen(f"http://127.0.0.1:{agent.port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line and line[0] != "#"}


class FileSourceTest(unittest.TestCase):
    def agent(self, settle="100ms"):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        agent = harness.Agent(directory.name, CONFIG.replace("{settle}", settle))
        self.addCleanup(agent.close)
        self.path = pathlib.Path(directory.name) / "report.json"
        return agent

    def replace(self, text):
        self.path.with_suffix(".new").write_text(text)
        os.replace(self.path.with_suffix(".new"), self.path)

    def see(self, agent, name, value):
        harness.wait_until(lambda: page(agent).get(name) == value, f"{name} {value}")

    def test_a_report_is_followed_through_good_and_bad_versions(self):
        agent = self.agent()
        self.replace(report(0.25))
        agent.start_and_wait()
        self.see(agent, 'ks{feature="age"}', 0.25)
        self.replace(report(0.5))
        self.see(agent, 'ks{feature="age"}', 0.5)
        # Not atomically, and slowly: the first half is never taken for a report, the last valid one stays.
        text = report(0.75)
        self.path.write_text(text[:40])
        self.see(agent, 'leeway_source_rejected_file_versions_total{source="report",reason="truncated"}', 1)
        now = page(agent)
        self.assertEqual(0.5, now['ks{feature="age"}'])
        self.assertEqual(1, now['leeway_source_unreadable_files{source="report"}'])
        self.assertEqual(1, now['leeway_source_damaged_files{source="report",reason="truncated"}'])
        self.path.write_text(text)
        self.see(agent, 'ks{feature="age"}', 0.75)
        now = page(agent)
        self.assertEqual(6, now["features_total"])
        self.assertEqual(0, now.get('leeway_source_unreadable_files{source="report"}', 0))
        self.assertAlmostEqual(self.path.stat().st_mtime,
                               now['leeway_source_newest_file_timestamp_seconds{source="report"}'], 2)

    def test_no_version_counts_twice_over_kills(self):
        agent = self.agent()
        for number in range(1, 4):
            self.replace(report(number))
            agent.start_and_wait()
            self.see(agent, 'ks{feature="age"}', number)
            self.assertEqual(2 * number, page(agent)["features_total"])
            agent.kill()
        os.utime(self.path)  # a new time is not a new version
        agent.start_and_wait()
        self.see(agent, 'leeway_source_unchanged_file_versions_total{source="report"}', 1)
        self.assertEqual(6, page(agent)["features_total"])


class ReplayTest(unittest.TestCase):
    def replay(self, config, *arguments):
        return subprocess.run([harness.LEEWAY, "replay", "--config.file", str(config), *arguments], capture_output=True,
                              text=True, timeout=60, cwd=harness.ROOT)

    def test_the_example(self):
        done = self.replay("deploy/examples/report.toml", "--format", "text")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        for line in ('report_feature_ks_statistic{feature="income_level"} 0.2215',
                     'report_feature_ks_statistic{feature="age"} 0.0861',
                     'report_feature_distribution_shift{feature="region"} 0.042',
                     'report_feature_drift_detected{feature="income_level"} 1', "report_records 10000"):
            self.assertIn(line, done.stdout.splitlines())

    def test_with_a_state_a_database_is_read_to_its_end_too_and_once(self):
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            with contextlib.closing(sqlite3.connect(folder / "r.db")) as database:
                database.executescript("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7), (8);")
            config = folder / "c.toml"
            config.write_text(f"""
[[source]]
name = "r"
type = "file"
format = "sqlite"
path = "{folder}/r.db"
query = "SELECT n FROM t"
[[metric]]
name = "rows_total"
type = "counter"
help = "Rows."
""")
            for _ in range(5):
                done = self.replay(config, "--state.dir", str(folder / "state"))
                self.assertEqual(0, done.returncode, done.stderr)
                self.assertIn("rows_total 2", done.stdout.splitlines())

    def test_a_broken_report_is_an_error(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "r.json"
            path.write_text('{"a": ')
            done = self.replay("deploy/examples/report.toml", "--source.path", f"drift_report={path}")
            self.assertEqual(74, done.returncode)
            self.assertIn("truncated", done.stderr)


if __name__ == "__main__":
    unittest.main()
