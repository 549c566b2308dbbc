"""`leeway replay --format backfill`: the past of a log in a real Prometheus, which promtool makes blocks of. LEEWAY_BIN."""

import datetime
import json
import pathlib
import random
import subprocess
import tempfile
import unittest

import harness
import monitoring

CONFIGURATION = '''
[rules]
name = "shop"
scrape_interval = "30s"
[[source]]
name = "app"
type = "log"
path = ["{log}"]
format = "json"
time = "time"
[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
labels = {{ path = "path" }}
[[metric]]
name = "request_duration_seconds"
type = "histogram"
help = "Duration."
value = "seconds"
buckets = [0.1, 1]
'''
START = datetime.datetime(2026, 1, 5, 3, 0, tzinfo=datetime.timezone.utc).timestamp()
HOURS = 3
ODD = '/a "b"\\c\nd'


class BackfillTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.log = self.directory / "app.log"
        self.config = self.directory / "c.toml"
        self.config.write_text(CONFIGURATION.format(log=self.log))

    def replay(self, *arguments):
        return subprocess.run([harness.LEEWAY, "replay", "--config.file", self.config, *arguments], capture_output=True,
                              text=True, timeout=60)

    def write(self):
        """Records by their time, path and duration."""
        choose = random.Random(1)
        records = sorted((round(START + choose.uniform(0, HOURS * 3600), 3), choose.choice(["/pay", "/cart", ODD]),
                          choose.choice([0.05, 0.5, 5])) for _ in range(2000))
        with self.log.open("w") as log:
            for time, path, seconds in records:
                log.write(json.dumps({"time": time, "path": path, "seconds": seconds}) + "\n")
        return records

    def test_prometheus_has_the_past_that_the_log_tells(self):
        records = self.write()
        samples = self.directory / "samples.om"
        done = self.replay("--format", "backfill", "--output", samples)
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))
        self.assertNotIn("up{", samples.read_text())
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", samples, self.directory / "tsdb"],
                       check=True, capture_output=True)
        prometheus = monitoring.Prometheus(self.directory, {})
        self.addCleanup(prometheus.close)
        for minutes in (10, 65, 170, 181):
            now = START + minutes * 60
            seen = [record for record in records if record[0] <= now]
            counts = {sample["metric"]["path"]: float(sample["value"][1]) for sample in
                      prometheus.query('requests_total{job="shop",instance="leeway"}', time=now)}
            self.assertEqual({path: sum(1 for r in seen if r[1] == path) for path in ("/pay", "/cart", ODD)}, counts)
            buckets = prometheus.query('request_duration_seconds_bucket{le="1"}', time=now)
            self.assertEqual([sum(1 for r in seen if r[2] <= 1)], [float(b["value"][1]) for b in buckets])
            rises = prometheus.query("sum(request_duration_seconds_count - request_duration_seconds_count offset 5m)", time=now)
            self.assertEqual([sum(1 for r in seen if r[0] > now - 300)], [float(rise["value"][1]) for rise in rises])

    def test_what_the_agent_says_of_itself_only_on_request(self):
        self.write()
        text = self.replay("--format", "backfill", "--internal-metrics").stdout
        self.assertRegex(text, r'(?m)^up\{instance="leeway",job="shop"\} 1 1767582000$')
        self.assertIn("\nleeway_source_records_total{", text)

    def test_what_it_cannot_do_is_an_error(self):
        done = self.replay("--format", "backfill", "--until", "2026-01-05T04:00:00Z")
        self.assertEqual(2, done.returncode)
        self.assertIn("expected neither --until nor --state.dir", done.stderr)

    def test_output_that_cannot_be_written_is_said_before_anything_is_read(self):
        (self.directory / "directory").mkdir()
        for output in ("missing/samples.om", "directory"):
            done = self.replay("--format", "backfill", "--output", self.directory / output)  # there is no log either
            self.assertEqual(74, done.returncode, done.stderr)
            self.assertIn(output, done.stderr)
            self.assertNotIn("app.log", done.stderr)
        with open(self.config) as read_only:
            done = subprocess.run([harness.LEEWAY, "replay", "-c", self.config, "--format", "backfill"], stdout=read_only,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(74, done.returncode)
        self.assertIn("standard output", done.stderr)
        self.assertEqual(["c.toml", "directory"], sorted(path.name for path in self.directory.iterdir()))


if __name__ == "__main__":
    unittest.main()
