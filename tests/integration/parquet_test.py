"""Parquet files with the real agent: replayed, followed, killed in the middle, in little memory, without the module."""

import contextlib
import http.client
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness

sys.path.insert(0, str(harness.ROOT / "build/arrow"))
import pyarrow  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.parquet  # noqa: E402

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "scores"
type = "file"
path = "{directory}/*.parquet"
format = "parquet"
settle = "100ms"

[[metric]]
name = "scores_total"
type = "counter"
help = "Scores by decision."
labels = ["decision"]

[[metric]]
name = "score_value"
type = "histogram"
help = "Scores."
value = "score"
buckets = [0, 50, 100]
"""
PERIOD = 1000


def write_scores(path, rows, groups=8):
    """Rows whose decisions and scores repeat every PERIOD rows, so that their counts are known."""
    decisions = pyarrow.array(["treat" if i % 10 < 3 else "hold" for i in range(PERIOD)])
    scores = pyarrow.array([float(i % 200 - 50) for i in range(PERIOD)])
    block = pyarrow.table({"decision": decisions, "score": scores, "unused": scores})
    table = pyarrow.concat_tables([block] * (rows // PERIOD)).combine_chunks()
    pyarrow.parquet.write_table(table, f"{path}.new", row_group_size=rows // groups)
    os.replace(f"{path}.new", path)


def expected(rows):
    return {
        ("scores_total", (("decision", "treat"),)): rows * 3 // 10,
        ("scores_total", (("decision", "hold"),)): rows * 7 // 10,
        ("score_value_bucket", (("le", 0.0),)): rows * 51 // 200,
        ("score_value_bucket", (("le", 50.0),)): rows * 101 // 200,
        ("score_value_bucket", (("le", 100.0),)): rows * 151 // 200,
        ("score_value_bucket", (("le", float("inf")),)): rows,
    }


def seen(samples, rows):
    return {key: samples.get(key) for key in expected(rows)}


def total(samples):
    return sum(value for key, value in samples.items() if key[0] == "scores_total")


def at_least(agent, rows):
    """The number of rows so far if it is at least `rows`, even if the agent is not ready yet."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        now = total(agent.scrape())
        return now if now >= rows else None


class ParquetTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def agent(self):
        agent = harness.Agent(str(self.directory), CONFIG)
        self.addCleanup(agent.close)
        return agent

    def test_replay_and_run_see_the_same(self):
        rows = 50_000
        write_scores(self.directory / "a.parquet", rows)
        agent = self.agent()
        agent.start_and_wait()
        harness.wait_until(lambda: total(agent.scrape()) == rows, "all rows")
        self.assertEqual(expected(rows), seen(agent.scrape(), rows))
        agent.terminate()
        done = subprocess.run([harness.LEEWAY, "replay", "--config.file", str(agent.config)], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((0, "metric 'score_value': a value was negative, so it has no _sum; expected a bucket bound below 0\n"),
                         (done.returncode, done.stderr))
        self.assertEqual(expected(rows), seen(harness.exposition.parse_samples(done.stdout), rows))

    def test_kills_in_the_middle_of_a_file_lose_and_double_nothing(self):
        rows = 20_000_000
        write_scores(self.directory / "a.parquet", rows)
        agent = self.agent()
        chance = random.Random(7)
        before, partial = 0, 0
        for _ in range(200):
            agent.start()
            goal = min(before + chance.randrange(1, rows // 8), rows)
            now = harness.wait_until(lambda goal=goal: at_least(agent, goal), "more rows")
            self.assertGreaterEqual(now, before)
            before = now
            if now == rows:
                break
            partial += 1
            agent.kill()
        self.assertGreaterEqual(partial, 2, "the file was read too fast for a kill in its middle")
        self.assertEqual(expected(rows), seen(agent.scrape(), rows))

    def test_a_large_file_takes_little_memory(self):
        rows = 6_500_000
        numbers = pyarrow.py_buffer(random.Random(1).randbytes(8 * rows))
        column = pyarrow.Array.from_buffers(pyarrow.int64(), rows, [None, numbers])
        labels = pyarrow.DictionaryArray.from_arrays(
            pyarrow.array([i % 2 for i in range(rows)], pyarrow.int8()), pyarrow.array(["a", "b"]))
        table = pyarrow.table({"decision": labels, "score": column, "unused": column})
        path = self.directory / "a.parquet"
        pyarrow.parquet.write_table(table, path, use_dictionary=["decision"], compression="none")
        self.assertGreater(path.stat().st_size, 100_000_000)
        agent = self.agent()
        agent.start()
        harness.wait_until(lambda: at_least(agent, rows), "all rows", 120)
        status = pathlib.Path(f"/proc/{agent.process.pid}/status").read_text()
        peak_kib = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
        self.assertLessEqual(peak_kib, 64 << 10)

    def test_half_a_file_is_counted_and_the_last_good_one_stays(self):
        rows = 10_000
        path = self.directory / "a.parquet"
        write_scores(path, rows)
        agent = self.agent()
        agent.start_and_wait()
        harness.wait_until(lambda: total(agent.scrape()) == rows, "all rows")
        whole = path.read_bytes()
        path.write_bytes(whole[:len(whole) // 2])
        rejected = ("leeway_source_rejected_file_versions_total", (("reason", "truncated"), ("source", "scores")))
        harness.wait_until(lambda: agent.scrape().get(rejected) == 1, "the rejected version")
        self.assertEqual(expected(rows), seen(agent.scrape(), rows))

    def test_without_the_module_the_configuration_is_wrong(self):
        alone = self.directory / "leeway"
        shutil.copy(harness.LEEWAY, alone)
        config = self.directory / "leeway.toml"
        config.write_text(CONFIG.format(directory=self.directory))
        done = subprocess.run([alone, "check", "--config.file", str(config)], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertIn(f"{config}:9:10: ", done.stderr)
        for part in ("libleeway_parquet.so", str(self.directory), "deploy/install-arrow.sh"):
            self.assertIn(part, done.stderr)

    def test_the_pack_of_the_decision_pipeline_reads_csv_with_two_lines_changed(self):
        pack = harness.ROOT / "deploy/packs/decision-intelligence.toml"
        generator = harness.ROOT / "deploy/packs/decision-intelligence/make_sample.py"
        subprocess.run([sys.executable, generator, "--unpack", "incident", self.directory], check=True,
                       stdout=subprocess.DEVNULL)
        text = pack.read_text()
        for name in ("outputs/uplift_scores", "processed/canonical_events"):
            table = self.directory / f"data/{name}.parquet"
            exported = table.with_suffix(".csv")
            pyarrow.csv.write_csv(pyarrow.parquet.read_table(table), exported)
            shutil.copystat(table, exported)
            text = text.replace(f'path = "data/{name}.parquet"\nformat = "parquet"',
                                f'path = "data/{name}.csv"\nformat = "csv"')
        changed = self.directory / "changed.toml"
        changed.write_text(text)
        self.assertNotIn('format = "parquet"', text)
        self.assertEqual(*(self.replay_pack(config) for config in (pack, changed)))

    def replay_pack(self, config):
        done = subprocess.run([harness.LEEWAY, "replay", "--config.file", config], capture_output=True, text=True,
                              timeout=60, cwd=self.directory)
        samples = harness.exposition.parse_samples(done.stdout)
        self.assertGreater(len(samples), 100)
        # NaN equals NaN; the name of the file differs.
        return {key: str(value) for key, value in samples.items() if key[0] != "leeway_quality_last_run_info"}

    def test_the_agent_itself_links_no_arrow(self):
        libraries = subprocess.run(["ldd", harness.LEEWAY], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("arrow", libraries)
        self.assertNotIn("parquet", libraries)


if __name__ == "__main__":
    unittest.main()
