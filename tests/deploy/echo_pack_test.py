"""The pack for the scoring engine: its sample as an agent would have exported it over time, through the pack's rules in
promtool: which alerts fire, and those of the truth file are the ones. Uses the real binary (LEEWAY_BIN)."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import days  # noqa: E402
import exposition  # noqa: E402
import record_packs_test  # noqa: E402

FOLDER = days.PACK.with_suffix("")
TRUTH = json.loads((FOLDER / "truth.json").read_text())
MINUTES = 60  # half an hour of the log, and half an hour in which nothing else comes
# Of what other programs export, or of the agent itself; and what half an hour cannot show. Generated rule tests fire them all.
NOT_IN_THE_SAMPLE = {
    "ServiceDown", "HighMemoryUsage", "EchoMemoryLeak", "EchoAuthFailuresSpike", "EchoBatchOverdue",
    "EchoAdapterWarningsMany", "EchoAdapterWarningsFew", "EchoAuditLogGap", "EchoDivergenceHigh", "EchoDeployRegression", "EchoRolledBack", "ErrorBudgetFastBurn",
    "ErrorBudgetSlowBurn", "ErrorBudgetBurnPageFast", "ErrorBudgetBurnTicketFast", "ErrorBudgetExhausted",
}


class AlertsTest(unittest.TestCase):
    maxDiff = None

    def test_just_the_alerts_of_the_truth_file_fire(self):
        with tempfile.TemporaryDirectory() as temporary:
            directory = pathlib.Path(temporary)
            config = directory / "pack.toml"
            config.write_text(f'include = ["{days.PACK}"]\n[rules]\nname = "echo-ridge"\nscrape_interval = "1m"\n')
            done = subprocess.run([days.LEEWAY, "replay", "--config.file", config, "--source.path", f"app={FOLDER}/sample.log",
                                   "--format", "backfill", "--internal-metrics"], capture_output=True, text=True, check=True)
            subprocess.run([days.LEEWAY, "rules", "--config.file", config, "--output-dir", directory / "rules"], check=True,
                           capture_output=True)
            days.START = (TRUTH["now"] - 1800) // 60 * 60
            series = days.parse(done.stdout)
            for values in series.values():
                values.update(dict.fromkeys(range(max(values) + 1, MINUTES), values[max(values)]))
            rules = directory / "rules/rules.yml"
            test = {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [{
                "interval": "1m", "input_series": [{"series": name, "values": days.notation(values, MINUTES)}
                                                   for name, values in series.items()],
                "promql_expr_test": [{"expr": f'group by (alertname) (max_over_time(ALERTS{{alertstate="firing", alertname!~"Leeway.*|Slo.*"}}[{MINUTES}m]))',
                                      "eval_time": f"{MINUTES}m", "exp_samples": [
                                          {"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(TRUTH["fires"])]}]}]}
            (directory / "test.yml").write_text(json.dumps(test))
            done = subprocess.run(["promtool", "test", "rules", directory / "test.yml"], capture_output=True, text=True)
            self.assertEqual((0, ""), (done.returncode, done.stderr and done.stdout + done.stderr))
            alerts = {rule["alert"] for group in yaml.safe_load(rules.read_text())["groups"] for rule in group["rules"] if "alert" in rule}
        own = {name for name in alerts if not name.startswith(("Leeway", "Slo", "State", "Window"))}
        self.assertEqual(own, set(TRUTH["fires"]) | NOT_IN_THE_SAMPLE)


class DirtyLogTest(unittest.TestCase):
    maxDiff = None
    """A healthy log with half a line at a restart, cut lines, a rotation, a clock that goes back, a line of a megabyte, bytes that
    are not UTF-8 and 10,000 names of keys."""

    truth = json.loads((FOLDER / "dirty/truth.json").read_text())

    @classmethod
    def setUpClass(cls):
        pages = []
        with tempfile.TemporaryDirectory() as work:
            for step in ("first", "dirty"):
                subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", step, work], check=True)
                done = subprocess.run([days.LEEWAY, "replay", "--config.file", days.PACK, "--source.path", f"app={work}/*.log",
                                       "--state.dir", f"{work}/state", "--internal-metrics"], capture_output=True, text=True, check=True)
                pages.append(exposition.parse_samples(done.stdout))
        cls.pages = pages

    def test_all_that_can_be_read_counts_and_the_rest_is_counted(self):
        page = self.pages[-1]
        self.assertEqual([], exposition.differences(self.truth, page))
        self.assertEqual([], [series for series in self.truth["absent"] if exposition.parse_series(series) in page])
        lost = {key: value for key, value in page.items() if value and re.search("_rejected_|_late_|_overflowed_|_anomalies_|_skipped_|_gaps_", key[0])}
        self.assertEqual({exposition.parse_series(series): value for series, value in self.truth["lost"].items()}, lost)
        self.assertEqual(self.truth["records"], page[("leeway_source_records_total", (("source", "app"),))])

    def test_just_the_limit_of_names_and_the_lost_line_raise_alerts(self):
        with tempfile.TemporaryDirectory() as directory:
            rules = record_packs_test.Rules(days.PACK, directory)
            rules.own = rules.alerts
            self.assertEqual("", rules.differences(self.pages, self.truth["now"], set(self.truth["fires"])))
            self.assertNotEqual("", rules.differences(self.pages[:1], self.truth["now"], set(self.truth["fires"])))

    def test_it_is_what_its_generator_writes(self):
        def contents(folder):
            return {path.name: path.read_bytes() for path in folder.glob("dirty/**/*") if path.is_file()}
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, FOLDER / "make_sample.py", directory], check=True, capture_output=True)
            self.assertEqual(contents(FOLDER), contents(pathlib.Path(directory)))


if __name__ == "__main__":
    unittest.main()
