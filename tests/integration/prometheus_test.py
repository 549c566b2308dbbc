"""The real Prometheus scrapes every second while the agent is killed 20 times with `kill -9`."""

import json
import pathlib
import random
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import harness

KILLS = 20
SCRAPE_CONFIG = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: leeway
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


class Prometheus:
    def __init__(self, directory, target_port):
        self.port = harness.free_port()
        config = pathlib.Path(directory) / "prometheus.yml"
        config.write_text(SCRAPE_CONFIG.format(port=target_port))
        self.log = open(pathlib.Path(directory) / "prometheus.err", "w")  # noqa: SIM115
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={directory}/tsdb",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self.log, stderr=self.log)

    def query(self, expression):
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=10) as response:
            result = json.load(response)["data"]["result"]
        return {tuple(sorted((k, v) for k, v in series["metric"].items() if k in ("code", "le", "slo"))):
                float(series["value"][1]) for series in result}

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class PrometheusTest(unittest.TestCase):
    def test_prometheus_sees_the_truth_and_no_reset_through_20_kills(self):
        with tempfile.TemporaryDirectory() as directory:
            service = harness.Service(directory, 5)
            agent = harness.Agent(directory)
            agent.start_and_wait()
            prometheus = Prometheus(directory, agent.port)
            for thing in (service, prometheus, agent):
                self.addCleanup(thing.close)
            name = "requests_total"
            start = time.monotonic()

            def scraped():
                try:
                    return prometheus.query(name)
                except OSError:
                    return None
            first = harness.wait_until(scraped, "Prometheus to scrape the counters at 0", 60)
            self.assertEqual({0.0}, set(first.values()))
            moments = random.Random(3)
            for _ in range(KILLS):
                until = time.monotonic() + moments.uniform(0.3, 2)
                while time.monotonic() < until:
                    service.step()
                    time.sleep(0.01)
                agent.kill()
                agent.start()
            harness.wait_until(agent.ready, "the agent to become ready")
            truth = {(key[1]): value for key, value in service.truth.items() if key[0] == name}
            harness.wait_until(lambda: prometheus.query(name) == truth, "Prometheus to see the last lines")
            run = f"[{int(time.monotonic() - start) + 5}s]"
            self.assertEqual(truth, prometheus.query(f"max_over_time({name}{run}) - min_over_time({name}{run})"))
            for family in (name, "leeway_slo_events_total", "request_duration_seconds_bucket"):
                self.assertEqual({0.0}, set(prometheus.query(f"resets({family}{run})").values()), family)
            # increase() extrapolates to the ends of its range, by less than the two intervals at these ends.
            for labels, value in prometheus.query(f"increase({name}{run})").items():
                self.assertAlmostEqual(truth[labels], value, delta=0.1 * truth[labels])
            duplicates = prometheus.query("prometheus_target_scrapes_sample_duplicate_timestamp_total")
            self.assertIn(set(duplicates.values()), ({0.0}, set()))
            print(f"{KILLS} kills, {service.lines} lines, {service.rotations} rotations")


if __name__ == "__main__":
    unittest.main()
