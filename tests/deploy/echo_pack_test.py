"""The pack for the scoring engine: its sample as an agent would have exported it over time, through the pack's rules in
promtool: which alerts fire, and those of the truth file are the ones. Uses the real binary (LEEWAY_BIN)."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import days  # noqa: E402

FOLDER = days.PACK.with_suffix("")
TRUTH = json.loads((FOLDER / "truth.json").read_text())
MINUTES = 60  # half an hour of the log, and half an hour in which nothing else comes
# Of what other programs export, or of the agent itself; and what half an hour cannot show. Generated rule tests fire them all.
NOT_IN_THE_SAMPLE = {
    "ServiceDown", "HighMemoryUsage", "EchoMemoryLeak", "EchoUnhealthy", "EchoAuthFailuresSpike", "EchoBatchOverdue",
    "EchoAdapterWarningsMany", "EchoAdapterWarningsFew", "EchoAuditLogGap", "EchoDivergenceHigh", "ErrorBudgetFastBurn",
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


if __name__ == "__main__":
    unittest.main()
