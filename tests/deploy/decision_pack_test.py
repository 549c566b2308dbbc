"""The pack for the decision pipeline: replays each scenario of its sample with the real binary (LEEWAY_BIN), evaluates the
pack's rules on the result in promtool, and compares both with the truth file row by row."""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exposition  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACK = ROOT / "deploy/packs/decision-intelligence.toml"
FOLDER = PACK.with_suffix("")
TRUTH = json.loads((FOLDER / "truth.json").read_text())
# Rows of the requirements that this pack does not cover; the README of the pack says why.
LEFT_OUT = {f"D{n}" for n in (13, 14, 18, 19, 26, 27, 28, 33, 34, 36, 40, 41)}
# Shown by the labels of alerts, so without series: teams.
WITHOUT_SERIES = {"D45"}
BEFORE, AFTER = 30, 40  # minutes for which a rule test shows the second to last step, and then the last one


def replay(directory, *arguments):
    done = subprocess.run([LEEWAY, "replay", "--config.file", str(PACK), "--internal-metrics", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, cwd=directory)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


@functools.cache
def steps(names):
    """The page after each step of a scenario, with the state of one agent throughout. The registry's metrics are those of a
    separate replay: one that continues from a state may end while a database is still being queried."""
    with tempfile.TemporaryDirectory() as directory:
        pages = []
        for name in names:
            work = pathlib.Path(directory) / "work"
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", name, work], check=True)
            page = exposition.parse_samples(replay(work, "--state.dir", pathlib.Path(directory) / "state"))
            registry = exposition.parse_samples(replay(work))
            pages.append({key: value for key, value in page.items() if not key[0].startswith("dis_model")}
                         | {key: value for key, value in registry.items() if key[0].startswith("dis_model")})
        return pages


def pages_of(scenario):
    return steps(tuple(TRUTH["scenarios"][scenario]["steps"]))


def agrees(found, expected, tolerance=1e-9):
    return found is not None and abs(found - expected) <= tolerance * max(1, abs(expected))


def written(key):
    name, labels = key
    pairs = {**dict(labels), "job": "leeway", "instance": "agent:9464"}
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in pairs.items()) + "}"


def input_series(scenario):
    """What Prometheus would store: the previous step for half an hour, then the last one, at the scenario's own time.
    promtool begins in 1970, so times are shifted by the difference."""
    *earlier, last = pages_of(scenario)
    first = earlier[-1] if earlier else last
    shift = TRUTH["scenarios"][scenario]["now"] - (BEFORE + AFTER) * 60
    result = []
    for key in {**first, **last}:
        if not re.match(r"dis_|leeway_(quality|drift|source)_", key[0]) or key[0].endswith("_bucket"):
            continue
        moved = shift if key[0].endswith("_timestamp_seconds") else 0
        values = [f"{page[key] - moved!r}x{length - 1}" if key in page else f"_x{length}"
                  for page, length in ((first, BEFORE), (last, AFTER + 10))]
        result.append({"series": written(key), "values": " ".join(values)})
    for job, instance in (("leeway", "agent:9464"), ("decision-intel", "localhost:8000")):
        result.append({"series": f'up{{job="{job}",instance="{instance}"}}', "values": f"1x{BEFORE + AFTER + 10}"})
    return result


class RulesOfTheScenarios:
    """The pack's rules, rendered once, and which of them fire."""

    def __init__(self, directory):
        subprocess.run([LEEWAY, "rules", "--config.file", str(PACK), "--output-dir", str(directory)], check=True,
                       capture_output=True)
        self.directory = pathlib.Path(directory)
        rules = yaml.safe_load((self.directory / "rules.yml").read_text())
        self.alerts = {rule["alert"]: rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule}

    def differences(self, scenario, expected):
        """The output of promtool if alerts other than the `expected` ones fire."""
        samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(expected)]
        test = {"rule_files": [str(self.directory / "rules.yml")], "evaluation_interval": "1m", "tests": [{
            "interval": "1m", "input_series": input_series(scenario), "promql_expr_test": [{
                "expr": 'group by (alertname) (ALERTS{alertstate="firing"})', "eval_time": f"{BEFORE + AFTER}m",
                "exp_samples": samples}]}]}
        path = self.directory / f"{scenario}.yml"
        path.write_text(json.dumps(test))  # JSON is YAML
        done = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, timeout=120)
        return "" if done.returncode == 0 else done.stdout + done.stderr


class TruthTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.rules = RulesOfTheScenarios(temporary.name)

    def rows(self):
        for scenario, truth in TRUTH["scenarios"].items():
            for row, entry in truth["rows"].items():
                yield scenario, row, entry

    def test_each_row_shows_its_values(self):
        for scenario, row, entry in self.rows():
            with self.subTest(scenario=scenario, row=row):
                samples = pages_of(scenario)[-1]
                for series, value in entry["values"].items():
                    found = samples.get(exposition.parse_series(series))
                    self.assertTrue(agrees(found, value), f"{series}: {found}, expected {value}")
                for series in entry["absent"]:
                    self.assertNotIn(exposition.parse_series(series), samples)

    def test_just_the_alerts_of_the_rows_fire(self):
        for scenario, truth in TRUTH["scenarios"].items():
            with self.subTest(scenario=scenario):
                expected = {alert for entry in truth["rows"].values() for alert in entry.get("fires", [])}
                self.assertEqual("", self.rules.differences(scenario, expected))

    def test_a_wrong_expectation_is_noticed(self):
        self.assertNotEqual("", self.rules.differences("healthy", {"DISATEShift"}))
        self.assertNotEqual("", self.rules.differences("report_only", set()))

    def test_each_alert_of_the_rows_exists_and_fires_in_a_scenario(self):
        fired = {alert for _, _, entry in self.rows() for alert in entry.get("fires", [])}
        quiet = {alert for _, _, entry in self.rows() for alert in entry.get("quiet", [])}
        own = {name for name in self.rules.alerts if re.match("DIS|Drift(Moderate|Severe)", name)}
        self.assertEqual(own, fired | quiet)
        # The sample never empties the scores and never stops the service: the generated rule tests do.
        self.assertEqual({"DISNoScores", "DISScoresSchema", "DISServiceDown"}, own - fired)

    def test_every_row_of_the_requirements_is_covered_or_left_out(self):
        covered = {row for _, row, entry in self.rows() if entry["values"] or entry["absent"] or entry.get("quiet")}
        self.assertEqual({f"D{n}" for n in range(1, 47)}, covered | LEFT_OUT | WITHOUT_SERIES)
        self.assertEqual(set(), covered & LEFT_OUT)
        named = set(re.findall(r"\bD\d+\b", PACK.read_text()))
        self.assertEqual(set(), covered - named)
        readme = (FOLDER / "README.md").read_text()
        self.assertEqual([], sorted(row for row in LEFT_OUT if not re.search(rf"\b{row}\b", readme)))

    def test_teams_are_those_of_the_contacts(self):
        teams = {rule["labels"]["team"] for name, rule in self.rules.alerts.items() if not name.startswith("Leeway")}
        self.assertEqual({"oncall", "data-platform", "ml-eng", "marketing-analytics"}, teams)

    def test_disabled_recommendations_silence_what_follows_from_them(self):
        alertmanager = yaml.safe_load((self.rules.directory / "alertmanager.yml").read_text())
        text = json.dumps([rule for rule in alertmanager["inhibit_rules"] if "DISRecommendationsDisabled" in str(rule)])
        for name in ("DISATEShift", "DISATEChanged", "DriftSevere", "DISDriftDetected"):
            self.assertRegex(text, rf"\b{name}\b")


class TrapsTest(unittest.TestCase):
    def test_the_report_calls_drift_what_is_none(self):
        samples = pages_of("report_only")[-1]
        value = lambda text: samples[exposition.parse_series(text)]  # noqa: E731
        self.assertGreater(value('dis_drift_ks_statistic{feature="income_level",source="report"}'), 0.2)
        self.assertLess(value('leeway_drift_score{drift="features",column="income_level",method="ks"}'), 0.1)

    def test_what_is_no_number_is_counted_and_not_shown(self):
        samples = pages_of("incident")[-1]
        self.assertEqual(3, samples[exposition.parse_series(
            'leeway_quality_check_violations{quality="scores",check="numbers"}')])
        self.assertEqual([], [key for key, value in samples.items() if value != value])

    def test_no_line_and_no_file_is_rejected(self):
        for scenario in TRUTH["scenarios"]:
            for page in pages_of(scenario):
                self.assertEqual({}, {key: value for key, value in page.items() if "_rejected_" in key[0] and value})

    def test_times_without_a_zone_are_in_the_zone_of_the_configuration(self):
        with tempfile.TemporaryDirectory() as directory:
            work, pack = pathlib.Path(directory) / "work", pathlib.Path(directory) / "pack.toml"
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", "first", work], check=True)
            pack.write_text(PACK.read_text().replace('time_zone = "UTC"', 'time_zone = "America/New_York"'))
            done = subprocess.run([LEEWAY, "replay", "--config.file", pack], capture_output=True, text=True, cwd=work)
        for quality, check in (("baseline", "age"), ("pipeline runs", "completed")):
            key = exposition.parse_series(f'leeway_quality_newest_timestamp_seconds{{quality="{quality}",check="{check}"}}')
            moved = exposition.parse_samples(done.stdout)[key] - pages_of("silent")[-1][key]
            self.assertAlmostEqual(4 * 3600, moved, places=3)


class SampleTest(unittest.TestCase):
    def test_it_is_what_its_generator_writes(self):
        def contents(folder):
            return {str(path.relative_to(folder)): path.read_bytes() for path in [*folder.rglob("sample/**/*"), folder / "truth.json"]
                    if path.is_file()}
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, FOLDER / "make_sample.py", directory], check=True)
            self.assertEqual(contents(FOLDER), contents(pathlib.Path(directory)))

    def test_it_is_small(self):
        files = [FOLDER / "truth.json", *(FOLDER / "sample").rglob("*")]
        self.assertLess(sum(path.stat().st_size for path in files if path.is_file()), 300_000)


if __name__ == "__main__":
    unittest.main()
