"""Rules of an SLO with `by`, in promtool: valid and with tests that pass, and no route has a part in what is said of
another. Rules as the real binary renders them (LEEWAY_BIN)."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rule_style  # noqa: E402
import rule_tests  # noqa: E402
from rules_test import ROOT, render  # noqa: E402

CONFIGURATION = ROOT / "tests/data/alerts/slo_by_route.toml"
MINUTES = 100


def series(name, route, values, **labels):
    pairs = {"instance": "a", "job": "slo-by-route", "slo": "availability", "route": route, **labels}
    text = ", ".join(f'{key}="{value}"' for key, value in pairs.items() if value)
    return {"series": f"leeway_slo_{name}{{{text}}}", "values": values}


class SloByRouteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = render(CONFIGURATION, temporary.name)
        cls.groups = yaml.safe_load((cls.folder / "rules.yml").read_text())["groups"]

    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=300)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_prometheus_takes_them_and_their_tests_pass(self):
        self.promtool("check", "rules", "--lint=all", "--lint-fatal", self.folder / "rules.yml")
        failed, count = rule_tests.failures(self.folder)
        self.assertEqual([], failed)
        self.assertGreater(count, 10)
        self.assertEqual([], rule_style.problems(yaml.safe_load((self.folder / "rules.yml").read_text())))

    def evaluate(self, inputs, expected, minute=MINUTES - 1):
        """`expected`: expression -> label sets of its results, by the labels that are named."""
        # Sums over the period take long, and say nothing about who is summed with whom.
        groups = [{**group, "rules": [rule for rule in group["rules"] if "[7d:" not in rule["expr"]]}
                  for group in self.groups]
        (self.folder / "some.yml").write_text(json.dumps({"groups": groups}))
        test = {"rule_files": ["some.yml"], "evaluation_interval": "1m",
                "group_eval_order": [group["name"] for group in groups],
                "tests": [{"interval": "1m", "input_series": inputs, "promql_expr_test": [
                    {"expr": expr, "eval_time": f"{minute}m",
                     "exp_samples": [{"labels": labels, "value": value} for labels, value in samples]}
                    for expr, samples in expected.items()]}]}
        (self.folder / "some_test.yml").write_text(json.dumps(test))
        self.promtool("test", "rules", self.folder / "some_test.yml")

    def test_a_route_that_fails_pages_alone(self):
        """/pay has 1 % of the events of /list: in one sum, its failures would be nothing."""
        self.evaluate(
            [series("events_total", "/pay", f"0+100x{MINUTES}"), series("bad_events_total", "/pay", f"0+50x{MINUTES}"),
             series("events_total", "/list", f"0+10000x{MINUTES}"), series("bad_events_total", "/list", f"0x{MINUTES}"),
             series("unjudged_records_total", "/pay", f"0x{MINUTES}"),
             series("unjudged_records_total", "/list", f"0x{MINUTES}"),
             series("objective_ratio", "", f"0.99x{MINUTES}"),
             series("objective_ratio", "", f"0.99x{MINUTES}", slo="latency")],
            {'count by (route) (ALERTS{tier="page-fast", alertstate="firing"})': [('{route="/pay"}', 1)],
             'count by (alertname) (ALERTS{alertname=~"Slo.*"})': [],
             "slo:leeway_slo_bad_events_per_events:ratio_increase1h": [
                 (f'slo:leeway_slo_bad_events_per_events:ratio_increase1h'
                  f'{{job="slo-by-route", route="{route}", slo="availability"}}', share)
                 for route, share in (("/list", 0), ("/pay", 0.5))]})

    def test_records_without_a_route_are_reported_and_those_of_a_route_that_cannot_be_judged_too(self):
        self.evaluate(
            [series("events_total", "/pay", f"0+100x{MINUTES}"), series("bad_events_total", "/pay", f"0x{MINUTES}"),
             series("events_total", "/list", f"0x{MINUTES}"), series("bad_events_total", "/list", f"0x{MINUTES}"),
             series("unjudged_records_total", "/list", f"0+10x{MINUTES}"),
             series("unjudged_records_total", "", f"0+10x{MINUTES}"),
             series("objective_ratio", "", f"0.99x{MINUTES}"),
             series("objective_ratio", "", f"0.99x{MINUTES}", slo="latency")],
            {'count by (alertname, route) (ALERTS{alertstate="firing"})': [
                ('{alertname="SloInputSkipped", route="/list"}', 1), ('{alertname="SloInputUnlabelled"}', 1)]})

    def test_a_route_inhibits_only_itself(self):
        rules = yaml.safe_load((self.folder / "alertmanager.yml").read_text())["inhibit_rules"]
        of_tiers = [rule for rule in rules if "tier" in str(rule)]
        self.assertTrue(of_tiers)
        for rule in of_tiers:
            self.assertLessEqual({"slo", "job", "route"}, set(rule["equal"]))

    def test_a_summary_names_the_route(self):
        fast = [rule for group in self.groups for rule in group["rules"]
                if rule.get("alert") == "ErrorBudgetBurnPageFast" and rule["labels"]["slo"] == "availability"]
        self.assertIn("Checkout: SLO availability {{ $labels.route }}: burn rate above 13.44", fast[0]["annotations"]["summary"])


if __name__ == "__main__":
    unittest.main()
