"""The packs that read exported records: replays each scenario of their samples with the real binary (LEEWAY_BIN), evaluates
their rules on the result in promtool, and compares both with the truth files row by row."""

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
BEFORE, AFTER = 30, 40  # minutes for which a rule test shows the step before the last, and then the last one
GENERATED = re.compile("Leeway|Slo(Input|Absent)|State|(Quality|(ModelOutput|EchoScore)?Drift)(Column|Never|Not|Too|Reference|Unsteady)|ErrorBudgetExhausted")


def agrees(found, expected, tolerance=1e-9):
    return found is not None and abs(found - expected) <= tolerance * max(1, abs(expected))


def unpack(folder, step, work):
    subprocess.run([sys.executable, folder / "make_sample.py", "--unpack", step, work], check=True)


@functools.cache
def pages_of(pack, steps):
    """The page after each step of a scenario, with the state of one agent throughout, so each step is a restart."""
    with tempfile.TemporaryDirectory() as directory:
        work, state, pages = pathlib.Path(directory) / "work", pathlib.Path(directory) / "state", []
        for step in steps:
            unpack(pack.with_suffix(""), step, work)
            done = subprocess.run([LEEWAY, "replay", "--config.file", pack, "--internal-metrics", "--state.dir", state],
                                  capture_output=True, text=True, timeout=60, cwd=work)
            if done.returncode not in (0, 74 if step == "dirty" else 0):  # 74: a file cannot be read
                raise AssertionError(done.stderr)
            pages.append(exposition.parse_samples(done.stdout))
        return pages


class Rules:
    """The rules of a pack, rendered once, and which of them fire."""

    def __init__(self, pack, directory):
        self.directory = pathlib.Path(directory)
        subprocess.run([LEEWAY, "rules", "--config.file", pack, "--output-dir", directory], check=True, capture_output=True)
        rules = yaml.safe_load((self.directory / "rules.yml").read_text())
        self.job = pack.stem
        self.alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
        self.own = {name for name in self.alerts if not GENERATED.match(name)}
        text = (self.directory / "rules.yml").read_text()
        self.names = set(re.findall(r"[a-z_]\w+", text))

    def input_series(self, pages, now):
        """What Prometheus would store; promtool begins in 1970, so times are shifted by the difference."""
        *earlier, last = pages
        before, shift, result = earlier[-1] if earlier else last, now - (BEFORE + AFTER) * 60, []
        for name, labels in {**before, **last}:
            if name not in self.names:
                continue
            moved = shift if name.endswith("_timestamp_seconds") else 0
            values = [exposition.repeated(page[name, labels] - moved, length - 1) if (name, labels) in page else f"stale _x{length - 1}"
                      for page, length in ((before, BEFORE), (last, AFTER + 10))]
            pairs = {**dict(labels), "job": self.job, "instance": "agent:9464"}
            written = ",".join(f'{label}="{"+Inf" if str(value) == "inf" else value}"' for label, value in pairs.items())
            result.append({"series": f"{name}{{{written}}}", "values": " ".join(values)})
        return result

    def differences(self, pages, now, expected):
        """The output of promtool if, of the pack's own alerts, others than the expected ones fire in the last step."""
        names = "|".join(sorted(self.own))
        query = f'group by (alertname) (max_over_time(ALERTS{{alertstate="firing",alertname=~"{names}"}}[{AFTER - 1}m]))'
        test = {"rule_files": [str(self.directory / "rules.yml")], "evaluation_interval": "1m", "tests": [{
            "interval": "1m", "input_series": self.input_series(pages, now), "promql_expr_test": [
                {"expr": query, "eval_time": f"{BEFORE + AFTER}m",
                 "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(expected)]}]}]}
        path = self.directory / "scenario.yml"
        path.write_text(json.dumps(test))  # JSON is YAML
        done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, timeout=120)
        return "" if done.returncode == 0 else done.stdout + done.stderr


class PackChecks:
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = cls.pack.with_suffix("")
        cls.truth = json.loads((cls.folder / "truth.json").read_text())
        cls.rules = Rules(cls.pack, temporary.name)

    def scenarios(self):
        for name, truth in self.truth["scenarios"].items():
            yield name, truth, pages_of(self.pack, tuple(truth["steps"]))

    def test_each_row_shows_its_values(self):
        for name, truth, pages in self.scenarios():
            for row, entry in truth["rows"].items():
                with self.subTest(scenario=name, row=row):
                    for series, value in entry["values"].items():
                        found = pages[-1].get(exposition.parse_series(series))
                        self.assertTrue(agrees(found, value), f"{series}: {found}, expected {value}")
                    for series in entry["absent"]:
                        self.assertNotIn(exposition.parse_series(series), pages[-1])

    def test_just_the_alerts_of_the_rows_fire(self):
        for name, truth, pages in self.scenarios():
            expected = {alert for entry in truth["rows"].values() for alert in entry.get("fires", [])}
            with self.subTest(scenario=name):
                self.assertEqual("", self.rules.differences(pages, truth["now"], expected))

    def test_a_wrong_expectation_is_noticed(self):
        truth = self.truth["scenarios"]["incident"]
        self.assertNotEqual("", self.rules.differences(pages_of(self.pack, tuple(truth["steps"])), truth["now"], set()))

    def test_each_alert_fires_in_a_scenario(self):
        rows = [entry for truth in self.truth["scenarios"].values() for entry in truth["rows"].values()]
        fired = {alert for entry in rows for alert in entry.get("fires", [])}
        self.assertEqual(self.rules.own - self.never, fired)

    def test_every_row_is_covered_or_left_out_with_a_reason(self):
        rows = {row for truth in self.truth["scenarios"].values() for row, entry in truth["rows"].items() if entry["values"] or entry["absent"]}
        self.assertEqual(self.rows, rows)
        self.assertEqual(set(), rows - set(re.findall(r"\b[A-Z]\d+\b", self.pack.read_text())))
        readme = (self.folder / "README.md").read_text()
        self.assertEqual([], sorted(row for row in self.all_rows - rows if not re.search(rf"\b{row}\b", readme)))

    def test_a_healthy_day_has_no_line_that_is_rejected_or_skipped(self):
        for page in pages_of(self.pack, tuple(self.truth["scenarios"]["healthy"]["steps"])):
            lost = "_rejected_|_skipped_|_gaps_|_late_|_overflowed_|_future_"
            self.assertEqual({}, {key: value for key, value in page.items() if value and re.search(lost, key[0])})

    def test_what_cannot_be_read_on_a_dirty_day_is_counted(self):
        truth = self.truth["scenarios"]["dirty"]
        page = pages_of(self.pack, tuple(truth["steps"]))[-1]
        lost = {key: value for key, value in page.items() if value and re.search("_rejected_|_late_|_overflowed_|_anomalies_", key[0])}
        self.assertEqual({exposition.parse_series(series): value for series, value in truth["lost"].items()}, lost)

    def test_the_sample_is_what_its_generator_writes(self):
        def contents(folder):
            return {path.name: path.read_bytes() for path in [*folder.glob("sample/*"), folder / "truth.json"]}
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, self.folder / "make_sample.py", directory], check=True)
            self.assertEqual(contents(self.folder), contents(pathlib.Path(directory)))


class BrandMetadataTest(PackChecks, unittest.TestCase):
    pack = ROOT / "deploy/packs/brand-metadata.toml"
    rows = {f"B{number}" for number in [*range(1, 19), *range(20, 26), *range(32, 36), 37]}
    all_rows = {f"B{number}" for number in range(1, 39)}
    never = set()


class AiPlaybookTest(PackChecks, unittest.TestCase):
    pack = ROOT / "deploy/packs/ai-playbook.toml"
    rows = {f"P{number}" for number in (1, 2, 3, 4, 5, 6, 9, 10, 12, 15, 16, 17, 18, 19, 24, 25)}
    all_rows = {f"P{number}" for number in range(1, 26)}
    never = {"ModelUpdateOverdue"}  # takes three days; its own rule test shows it


class EchoRidgeFilesTest(PackChecks, unittest.TestCase):
    pack = ROOT / "deploy/packs/echo-ridge-files.toml"
    rows = {"E6", "E32", "E47", "E53", "E58"}
    all_rows = rows | {"E50", "E54"}  # the others are of the log
    never = set()

    def test_one_agent_can_read_the_log_as_well(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "both.toml"
            path.write_text(f'include = ["{ROOT}/deploy/packs/echo-ridge.toml", "{self.pack}"]\n')
            done = subprocess.run([LEEWAY, "check", "--config.file", path, "--no-sample"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main()
