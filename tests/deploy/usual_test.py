"""Comparisons with the usual, as the real binary (LEEWAY_BIN) renders them and promtool evaluates them: of a new service, and
of Pods that come and go."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
CONFIG = """
[rules]
agent_alerts = false
[[source]]
name = "app"
type = "log"
path = "/var/log/app.log"
format = "json"
time = "ts"
[[metric]]
name = "requests_total"
type = "counter"
[[metric]]
name = "workers"
type = "gauge"
value = "w"
[[alert]]
name = "Spike"
metric = "requests_total"
times_above_usual = { factor = 10, window = "1h", usual = "7d" }
[[alert]]
name = "Drop"
metric = "workers"
drop_from_usual = { share = 0.5, window = "1h", usual = "7d" }
"""
HOURS = 40


class UsualTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = pathlib.Path(temporary.name)
        (cls.directory / "c.toml").write_text(CONFIG)
        subprocess.run([LEEWAY, "rules", "--config.file", cls.directory / "c.toml", "--output-dir", cls.directory],
                       check=True, capture_output=True)

    def check(self, alert, series, firing):
        """`series`: the values of each Pod, a sample each 4 minutes; `firing`: whether the alert fires, by hour."""
        test = {"rule_files": ["rules.yml"], "evaluation_interval": "20m", "tests": [{
            "interval": "4m", "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [{"expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}}) or vector(0)',
                                  "eval_time": f"{hour}h", "exp_samples": [{"labels": "{}", "value": int(fires)}]}
                                 for hour, fires in firing.items()]}]}
        (self.directory / "test.yml").write_text(json.dumps(test))
        done = subprocess.run(["promtool", "test", "rules", self.directory / "test.yml"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_a_new_service_is_usual_from_its_first_hour(self):
        self.check("Spike", {'requests_total{job="c",instance="a"}': f"0+40x{HOURS * 15}"},
                   dict.fromkeys([*range(1, HOURS)], False))

    def test_a_service_of_a_day_has_a_usual_day(self):
        self.check("Spike", {'requests_total{job="c",instance="a"}': f"0+40x450 {450 * 40 + 4000}+4000x{HOURS * 15 - 450}"},
                   {25: False, 29: False, 31: True})

    def test_pods_that_are_gone_are_not_missed(self):
        """A hundred workers in all, those of one Pod after the other."""
        pods = {f'workers{{job="c",pod="p{n}",instance="p{n}"}}': f"_x{n * 150} 100x149" + ("" if n == 3 else " stale")
                for n in range(4)}
        self.check("Drop", {name.replace("_x0 ", ""): values.removeprefix("_x0 ") for name, values in pods.items()},
                   dict.fromkeys([25, 30, 35, 39], False))

    def test_half_of_the_pods_that_go_are_missed(self):
        pods = {f'workers{{job="c",pod="p{n}",instance="p{n}"}}': f"50x450 {'stale' if n else '50'}" + (" 50x140" if not n else "")
                for n in range(2)}
        pods['workers{job="c",pod="p2",instance="p2"}'] = "20x450 stale"
        self.check("Drop", pods, {29: False, 32: True})


if __name__ == "__main__":
    unittest.main()
