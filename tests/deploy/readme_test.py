"""README.md: each of its commands is run, each of its configurations is what the program writes, and it stays short.

LEEWAY_README=all runs all tests of the rules, which take half a minute and more.
"""

import collections
import os
import pathlib
import re
import tempfile
import unittest

import pages

README = pages.ROOT / "README.md"


class ReadmeTest(unittest.TestCase):
    def test_is_short(self):
        lines = README.read_text().splitlines()
        self.assertLessEqual(len(lines), 150)
        self.assertEqual([], [line for line in lines if len(line) > 132])

    def test_its_commands(self):
        """All blocks in one shell, with ports and a folder of the test's own. The first one is a stage of tests/run.sh."""
        first, *blocks = [block.text for block in pages.blocks("README.md") if block.language == "sh"]
        self.assertEqual(["deploy/quickstart.sh"], [line.split()[0] for line in first.splitlines()])
        self.assertIn("\n  deploy/quickstart.sh ", (pages.ROOT / "tests/run.sh").read_text())
        agent, prometheus = pages.free_port(), pages.free_port()
        with tempfile.TemporaryDirectory() as folder:
            scraped = pathlib.Path(folder, "prometheus.yml")
            text = (pages.ROOT / "deploy/examples/prometheus.yml").read_text()
            self.assertIn("localhost:9464", text)
            scraped.write_text(text.replace("localhost:9464", f"localhost:{agent}"))
            script = "echo '== block'\n".join(["", *blocks])
            query = f"promtool query instant http://localhost:{prometheus} 'up{{job=\"access\"}} == 1'"
            for documented, here in (("$PWD/build/release", str(pages.LEEWAY.parent)), ("/tmp/", folder + "/"),
                                     ("localhost:9464", f"localhost:{agent}"), ("9091", str(prometheus)),
                                     ("leeway run ", f"leeway run --log.level error --web.listen-address 127.0.0.1:{agent} "),
                                     ("prometheus --config", "prometheus --log.level error --config"),
                                     ("deploy/examples/prometheus.yml", str(scraped)),
                                     ("sleep 15\n", f"for i in $(seq 300); do {query} 2>&1 | grep -q instance && break; sleep 0.2; done\n")):
                self.assertIn(documented, script)
                script = script.replace(documented, here)
            if os.environ.get("LEEWAY_README") == "all":
                script = script.replace("rules_test_6h.yml", "rules_test*.yml")
            _, init, explain, run, query, rules, data = pages.shell(script, pages.ROOT).split("== block\n")
        log = (pages.ROOT / "deploy/examples/access.log").read_text()
        statuses = collections.Counter(re.findall(r'" (\d{3}) \d+ "', log))
        for output in (init, run):
            counted = collections.Counter()
            for status, value in re.findall(r'^http_requests_total\{status="(\d+)".*\} (\d+)$', output, re.MULTILINE):
                counted[status] += int(value)
            self.assertEqual(statuses, counted)
        self.assertIn("access.toml: fine", init)
        self.assertIn("http_requests_total", explain)
        self.assertEqual(statuses, {status: int(value) for status, value
                                    in re.findall(r'^\{status="(\d+)"\} => (\d+) @', query, re.MULTILINE)})
        self.assertRegex(query, r'leeway_slo_error_budget_remaining_ratio\{.*slo="availability".*\} => 0\.5 @')
        self.assertGreaterEqual(rules.count("SUCCESS"), 2)
        bands = dict(re.findall(r'^leeway_drift_band\{drift="events",column="(.*)",method="[wj].*"\} (\d)$', data, re.MULTILINE))
        self.assertEqual({"age": "3", "engagement_score": "0", "string(income_level)": "0"}, bands)

    def test_its_configuration_is_what_init_writes(self):
        block, = pages.blocks("README.md", "toml")
        written = pages.shell("leeway init deploy/examples/access.log 2>/dev/null", pages.ROOT)
        written = re.sub(r"^path = .*$", 'path = "/var/log/nginx/access.log"', re.sub(r"^#.*\n", "", written, flags=re.MULTILINE),
                         flags=re.MULTILINE)
        self.assertIn(block.text, written.lstrip())


class OtherPagesTest(unittest.TestCase):
    def test_what_an_alert_says(self):
        listed = pages.shell(pages.blocks("rules/README.md", "sh")[1].text, pages.ROOT)
        self.assertIn(pages.blocks("rules/README.md", "text")[0].text, listed)
        alert, = pages.blocks("rules/README.md", "toml")
        self.assertIn("[[alert]]\n" + alert.text, (pages.ROOT / "deploy/packs/echo-ridge.toml").read_text())

    def test_rules_are_written_and_checked(self):
        """Their tests take a minute, and are what rules_test.py runs."""
        script = pages.blocks("rules/README.md", "sh")[0].text
        tests = "promtool test rules /tmp/rules/rules_test*.yml\n"
        self.assertIn(tests, script)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(2, pages.shell(script.replace(tests, "").replace("/tmp/", folder + "/"), pages.ROOT).count("SUCCESS"))

    def test_dashboards_and_their_preview(self):
        with tempfile.TemporaryDirectory() as folder:
            for block in pages.blocks("dashboards/README.md", "sh"):
                pages.shell(block.text.replace("/tmp/", folder + "/"), pages.ROOT)
            written = {path.name for path in pathlib.Path(folder, "dashboards").iterdir()}
            self.assertLessEqual({"echo-ridge.json", "echo-ridge-slo.json", "echo-ridge-agent.json"}, written)
            self.assertIn("<html", pathlib.Path(folder, "preview.html").read_text())

    def test_the_container_is_that_of_the_image(self):
        """Whose page tests/image/run_test.py runs."""
        block, = (block.text for block in pages.blocks("deploy/README.md") if block.heading == "In a container")
        image = (pages.ROOT / "deploy/image/README.md").read_text()
        self.assertEqual(["curl -s localhost:9464/metrics"], [line for line in block.splitlines() if line not in image.splitlines()])

    def test_a_counter_equals_what_grep_counts(self):
        printed = pages.shell(pages.blocks("agent/metrics/EXACTNESS.md", "sh")[0].text, pages.ROOT)
        metric, lines = printed.splitlines()[-2:]  # after a warning about the retention of Prometheus
        self.assertEqual(metric, lines)
        self.assertGreater(int(lines), 0)

    def test_the_example_of_drift(self):
        page = "agent/monitors/drift/DRIFT.md"
        printed = pages.shell(pages.blocks(page, "sh")[0].text, pages.ROOT)
        value = {name: float(value) for name, value in
                 re.findall(r'^leeway_drift_(\w+)\{drift="events",column="age",method="wasserstein"\} (\S+)$', printed, re.MULTILINE)}
        said = re.search(r"moved by (\S+) standard deviations against a threshold of (\S+) for chance alone \(band (\d)\)",
                         (pages.ROOT / page).read_text())
        self.assertEqual([f"{value['score']:.2f}", f"{value['threshold']:.2f}", f"{value['band']:g}"], list(said.groups()))


if __name__ == "__main__":
    unittest.main()
