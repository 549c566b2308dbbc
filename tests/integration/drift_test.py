"""Exchange of references between drift monitors, and the drift of a fleet computed by Prometheus."""

import json
import pathlib
import random
import subprocess
import tempfile
import unittest

import harness

CONFIG = """
[agent]
state_dir = "{directory}/state"

[[source]]
name = "app"
type = "log"
path = "{directory}/{log}"
format = "json"
time = "ts"

[[drift]]
name = "inputs"
columns = ["age", "zone"]
method = ["psi", "jensen_shannon", "hellinger", "total_variation", "l_infinity"]
reference = {reference}
window = {{ rows = {rows} }}
export_bins = true
"""
METHODS = ["psi", "jensen_shannon", "hellinger", "total_variation", "l_infinity"]


def lines(seed, count, shift=0.0, moon=0.1):
    draw = random.Random(seed)
    return "".join(json.dumps({"ts": 1_700_000_000 + i, "age": draw.gauss(shift, 1),
                               "zone": "moon" if draw.random() < moon else draw.choice(["north", "south"])}) + "\n"
                   for i in range(count))


class DriftTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.config = self.directory / "leeway.toml"
        self.configure("app.log", "{ first_rows = 1000 }", 400)

    def configure(self, log, reference, rows):
        self.config.write_text(CONFIG.format(directory=self.directory, log=log, reference=reference, rows=rows))

    def leeway(self, *arguments, code=0):
        done = subprocess.run([harness.LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        self.assertEqual(code, done.returncode, done.stderr)
        return done.stdout + done.stderr

    def reference(self, *arguments, code=0):
        return self.leeway("reference", *arguments, "--config.file", self.config, code=code)

    def replay(self, *arguments):
        text = self.leeway("replay", "--config.file", self.config, *arguments)
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in text.splitlines() if line and not line.startswith("#") and "} " in line}

    def test_reference_from_capture_to_renewal(self):
        state = ["--state.dir", self.directory / "state"]
        log = self.directory / "app.log"
        log.write_text(lines(1, 600))
        self.replay(*state)
        self.assertIn("not complete", self.reference("show"))
        self.reference("export", code=74)
        log.write_text(log.read_text() + lines(2, 800))
        self.replay(*state)
        self.assertIn("age: numbers, 1000 rows", self.reference("show"))
        profile = self.directory / "profile.json"
        self.reference("export", "--output", profile)
        self.assertEqual("leeway-drift-profile", json.loads(profile.read_text())["format"])
        # During drift, a new reference is rejected unless it is forced.
        log.write_text(log.read_text() + lines(3, 400, shift=2))
        self.replay(*state)
        self.assertIn("refused", self.reference("update", code=1))
        self.reference("update", "--force", code=2)
        self.assertEqual("", self.reference("history"))
        self.reference("update", "--force", "--reason", "a new market")
        self.assertIn("a new market", self.reference("show"))
        self.assertIn("a new market", self.leeway("baseline", "show", "--config.file", self.config))  # its earlier name
        # The next start captures again, from the current position.
        log.write_text(log.read_text() + lines(4, 1400, shift=2))
        samples = self.replay(*state)
        self.assertEqual(1, samples['leeway_drift_windows_total{drift="inputs"}'])
        self.assertEqual(0, samples['leeway_drift_band{drift="inputs",column="age",method="psi"}'])
        # Back to the first one.
        self.reference("import", profile)
        log.write_text(log.read_text() + lines(5, 400))
        samples = self.replay(*state)
        self.assertEqual(1, samples['leeway_drift_windows_total{drift="inputs"}'])
        self.assertEqual(0, samples['leeway_drift_band{drift="inputs",column="age",method="psi"}'])
        history = [json.loads(line) for line in self.reference("history").splitlines()]
        self.assertEqual([("update", True, "a new market"), ("import", False, "")],
                         [(entry["action"], entry["forced"], entry["reason"]) for entry in history])
        self.assertEqual(json.loads(profile.read_text())["id"], history[1]["profile_id"])

    def test_a_profile_as_the_reference(self):
        (self.directory / "app.log").write_text(lines(1, 1400))
        captured = self.replay("--state.dir", self.directory / "state")
        profile = self.directory / "profile.json"
        self.reference("export", "--output", profile)
        (self.directory / "rest.log").write_text("".join(lines(1, 1400).splitlines(True)[1000:]))
        self.configure("rest.log", f'{{ profile = "{profile}" }}', 400)
        again = self.replay()
        scores = {name: value for name, value in captured.items() if name.startswith("leeway_drift_score")}
        self.assertEqual(10, len(scores))
        for name, score in scores.items():
            self.assertEqual(score, again[name], name)
        profile.write_text("{}")
        self.assertIn("not a drift profile", self.leeway("check", "--config.file", self.config, code=2))

    def test_several_references_score_as_each_alone(self):
        (self.directory / "app.log").write_text(lines(1, 3000, moon=0.2) + lines(2, 800, shift=0.3))
        (self.directory / "training.csv").write_text("age,zone\n" + "".join(
            "{age!r},{zone}\n".format(**json.loads(line)) for line in lines(3, 900).splitlines()))
        data = f'file = "{self.directory}/training.csv", format = "csv"'
        alone = {}
        for source, reference in {"training": data, "first_day": "first_rows = 1000"}.items():
            self.configure("app.log", "{ " + reference + " }", 400)
            for name, value in self.replay().items():
                if name.startswith("leeway_drift_"):
                    alone[name.replace('{drift="inputs"', f'{{drift="inputs",source="{source}"')] = repr(value)
        self.configure("app.log", f'[ {{ name = "training", {data} }}, {{ name = "first_day", first_rows = 1000 }} ]', 400)
        together = {name: repr(value) for name, value in self.replay("--state.dir", self.directory / "state").items()
                    if name.startswith("leeway_drift_")}
        self.assertEqual(alone, together)
        self.assertGreater(len(together), 80)

        # Each is shown, exported and decided on separately.
        shown = self.reference("show")
        self.assertIn("drift inputs: reference training, profile ", shown)
        self.assertIn("drift inputs: reference first_day, first 1000 rows, id ", shown)
        self.assertNotIn("training", self.reference("show", "--reference", "first_day"))
        self.assertIn("training, first_day", self.reference("export", code=2))
        self.assertIn("training, first_day", self.reference("export", "--reference", "last_week", code=2))
        profile = self.directory / "profile.json"
        self.reference("export", "--reference", "first_day", "--output", profile)
        self.reference("import", profile, "--reference", "training", "--force", "--reason", "as it is now")
        self.assertEqual("", self.reference("history", "--reference", "first_day"))
        self.assertIn("as it is now", self.reference("history", "--reference", "training"))
        (self.directory / "app.log").write_text((self.directory / "app.log").read_text() + lines(5, 400))
        after = self.replay("--state.dir", self.directory / "state")
        self.assertEqual(1, after['leeway_drift_windows_total{drift="inputs",source="training"}'])
        self.assertEqual(8, after['leeway_drift_windows_total{drift="inputs",source="first_day"}'])
        for column in ("age", "zone"):
            scores = [after[f'leeway_drift_score{{drift="inputs",source="{source}",column="{column}",method="psi"}}']
                      for source in ("training", "first_day")]
            self.assertEqual(scores[0], scores[1])

        # The rules distinguish them.
        self.assertIn('drift="inputs",source="first_day"', self.leeway("check", "--config.file", self.config))
        self.leeway("rules", "--config.file", self.config, "--output-dir", self.directory / "rules")
        for check in (["check", "rules", "rules.yml"], ["test", "rules", *sorted(
                path.name for path in (self.directory / "rules").glob("rules_test*.yml"))]):
            done = subprocess.run(["promtool", *check], cwd=self.directory / "rules", capture_output=True, text=True,
                                  timeout=120)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.leeway("dashboards", "--config.file", self.config, "--output-dir", self.directory / "dashboards")

    def test_the_fleet_rule_is_the_score_of_the_union(self):
        (self.directory / "app.log").write_text(lines(1, 1000))
        self.replay("--state.dir", self.directory / "state")
        profile = self.directory / "profile.json"
        self.reference("export", "--output", profile)
        parts = {"a": lines(2, 400, 0.2), "b": lines(3, 400, -0.4, moon=0.3), "c": lines(4, 400, 0.1, moon=0.0)}
        # Another service with a monitor of the same name, one agent and the records of one of the three: it has its own rules.
        agents = [("a", "leeway"), ("b", "leeway"), ("c", "leeway"), ("b", "other")]
        series = []
        for instance, job in agents:
            (self.directory / "part.log").write_text(parts[instance])
            self.configure("part.log", f'{{ profile = "{profile}" }}', 400)
            series += [(name[:-1] + f',instance="{instance}",job="{job}"}}', value)
                       for name, value in self.replay().items() if "bin_rows" in name]
        (self.directory / "all.log").write_text("".join(parts.values()))
        self.configure("all.log", f'{{ profile = "{profile}" }}', 1200)
        union = self.replay()
        self.leeway("rules", "--config.file", self.config, "--output-dir", self.directory)
        checks = []
        for column in ("age", "zone"):
            for method in METHODS:
                score = union[f'leeway_drift_score{{drift="inputs",column="{column}",method="{method}"}}']
                labels = f'column="{column}",method="{method}",job="leeway"'
                checks.append({"expr": f"abs(drift_column:leeway_drift_score:fleet{{{labels}}} - {score!r}) < bool 1e-9",
                               "eval_time": "2m",
                               "exp_samples": [{"labels": f'{{drift="inputs",{labels}}}', "value": 1}]})
        checks.append({"expr": 'drift_column:leeway_drift_score:fleet{job="other"}', "eval_time": "2m", "exp_samples": []})
        test = {"rule_files": ["rules.yml"], "evaluation_interval": "1m",
                "tests": [{"interval": "1m", "promql_expr_test": checks,
                           "input_series": [{"series": name, "values": f"{value!r}x3"} for name, value in series]}]}
        (self.directory / "fleet_test.yml").write_text(json.dumps(test))
        done = subprocess.run(["promtool", "test", "rules", "fleet_test.yml"], cwd=self.directory,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
