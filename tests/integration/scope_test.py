"""The rules of all packs and of ten random configurations in one real Prometheus: each sees only its own service, though
their metrics, SLOs and alerts have the same names."""

import http.server
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

import harness
import monitoring
import pack_samples
from random_configuration import RandomConfiguration

RECORDS = "".join(json.dumps({"ts": f"2026-11-30T10:00:{i:02}Z", "ok": i % 2 == 0, "v": i * 1000, "endpoint": "a", "status": "500",
                              "kind": "a"}) + "\n" for i in range(60))
SILENT = "random-10"  # has no agent: it must not take another's
# An expression that names another job has been told to read it.
NAMED = re.compile(r'job(=~?|!=|!~)"')


class Pages(http.server.BaseHTTPRequestHandler):
    """/JOB: its page, whose counters grow with each scrape."""
    pages = {}
    scrapes = 0

    def do_GET(self):  # noqa: N802
        Pages.scrapes += 1
        counter = re.compile(r"^([a-zA-Z_:]\w*(?:_total|_bucket|_count|_sum)(?:\{.*\})? )(\d\S*)$", re.M)
        page = counter.sub(lambda found: found[1] + str(float(found[2]) * Pages.scrapes), Pages.pages[self.path[1:]])
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_):
        pass


def page_of(words, directory=None):
    done = subprocess.run([harness.LEEWAY, *map(str, words)], capture_output=True, text=True, timeout=60, cwd=directory)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class ScopeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        directory = pathlib.Path(temporary.name)
        (directory / "app.log").write_text(RECORDS)
        configs = {path.stem: path for path in sorted((harness.ROOT / "deploy/packs").glob("*.toml"))}
        for name, pack in configs.items():
            for words, work in pack_samples.replays(pack, directory / "samples" / name):
                Pages.pages[name] = page_of(words, work)
        for seed in range(1, 11):
            name = f"random-{seed}"
            configs[name] = directory / f"{name}.toml"
            # Named after the file; agent_alerts have the same names in all.
            text = re.sub(r"(?m)^(name = .*\n)?(?=title|team|scrape_interval)", "", RandomConfiguration(seed).text, count=1)
            configs[name].write_text(text.replace("agent_alerts = false", "agent_alerts = true"))
            Pages.pages[name] = page_of(["replay", "--config.file", configs[name], "--internal-metrics", "--source.path",
                                         f"app={directory}/app.log"])
        cls.rules = {}
        for name, config in configs.items():
            file = monitoring.generate("rules", config, directory / name) / "rules.yml"
            file.write_text(re.sub(r"(?m)^    interval: .*$", "    interval: 1s", file.read_text()))
            cls.rules[str(file)] = name
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        target = f"127.0.0.1:{cls.server.server_address[1]}"
        jobs = [name for name in configs if name != SILENT]
        cls.prometheus = monitoring.Prometheus(directory, {job: target for job in jobs}, list(cls.rules),
                                               paths={job: f"/{job}" for job in jobs})
        cls.addClassCleanup(cls.prometheus.close)
        harness.wait_until(lambda: cls.prometheus.query("min(count_over_time(up[5m])) >= 6"), "six scrapes of each", 60)
    @classmethod
    def loaded(cls):
        """(configuration, rule) of each rule, with its alerts and its last error."""
        groups = json.loads(cls.prometheus.request("/api/v1/rules"))["data"]["groups"]
        return [(cls.rules[group["file"]], rule) for group in groups for rule in group["rules"]]

    def test_no_rule_fails_by_a_duplicate_sample(self):
        harness.wait_until(lambda: all(rule["health"] != "unknown" for _, rule in self.loaded()), "each evaluation", 60)
        self.assertEqual([], [(job, rule["name"], rule["lastError"]) for job, rule in self.loaded() if rule.get("lastError")])
        self.assertEqual(set(self.rules.values()), {job for job, _ in self.loaded()})
        duplicates = 'sum(increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[5m])) > 0'
        self.assertEqual([], self.prometheus.query(duplicates))

    def test_every_alert_is_about_its_own_service(self):
        seen = {}
        for job, rule in self.loaded():
            for alert in rule.get("alerts", []):
                self.assertIn("job", alert["labels"], (job, rule["query"]))
                if not NAMED.search(rule["query"].replace(f'job="{job}"', "")):
                    self.assertEqual(job, alert["labels"]["job"], rule["query"])
                    seen.setdefault(job, {})[rule["name"]] = rule["query"]
        silent = seen.pop(SILENT)
        self.assertEqual([], [name for name, query in silent.items() if not query.startswith("absent(")])
        quiet = set(self.rules.values()) - {SILENT} - set(seen)  # a service without alerts shows nothing
        self.assertLessEqual(len(quiet), 3, quiet)

    def test_what_is_recorded_of_one_is_of_one(self):
        for job, rule in self.loaded():
            if rule["type"] == "recording":
                self.assertIn(f'job="{job}"', rule["query"])
        recorded = {series["metric"]["job"] for series in self.prometheus.query('count by (job) ({__name__=~"slo:.+"})')}
        self.assertGreater(len(recorded), 3)
        self.assertNotIn(SILENT, recorded)


if __name__ == "__main__":
    unittest.main()
