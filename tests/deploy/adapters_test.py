"""The adapters for reports of other tools: each reads its sample with the real binary (LEEWAY_BIN) and gives exactly
the metrics recorded next to it; its rules and their tests pass in promtool; it can be included and changed."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dashboard_lint  # noqa: E402
import exposition  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
FOLDER = ROOT / "deploy/adapters"
ADAPTERS = sorted(FOLDER.glob("*.toml"))
EXPECTED = "metrics.txt"  # next to the reports of each sample


def leeway(*arguments, directory=None):
    return subprocess.run([LEEWAY, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=directory)


def sample(adapter):
    return FOLDER / "samples" / adapter.stem


def replay(configuration, directory):
    done = leeway("replay", "--config.file", configuration, directory=directory)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    # The time at which a run was judged is that of its file; the others are of the run, not of its values.
    of_run = {f"leeway_quality_{name}" for name in ("last_run_timestamp_seconds", "last_run_info", "empty_runs_total",
                                                     "check_rows", "check_unjudged_runs")}
    return {key: value for key, value in exposition.parse_samples(done.stdout).items() if key[0] not in of_run}


def differences(expected, found):
    """Lines that list missing, different and unexpected series."""
    wrong = [f"{key}: {found.get(key)}, expected {value}" for key, value in expected.items()
             if key not in found or abs(found[key] - value) > 1e-9 * max(1, abs(value))]
    return wrong + [f"{key}: {value}, expected none" for key, value in found.items() if key not in expected]


class AdapterTest(unittest.TestCase):
    maxDiff = None

    def for_each(self, check):
        self.assertTrue(ADAPTERS)
        for adapter in ADAPTERS:
            with self.subTest(adapter=adapter.name):
                check(adapter)

    def test_each_has_a_sample_with_its_metrics_and_a_row_in_the_table(self):
        table = (FOLDER / "README.md").read_text()

        def check(adapter):
            self.assertTrue((sample(adapter) / EXPECTED).is_file())
            self.assertGreater(sum(path.is_file() for path in sample(adapter).rglob("*")), 1)
            self.assertIn(f"({adapter.name})", table)
        self.for_each(check)
        self.assertEqual({adapter.stem for adapter in ADAPTERS},
                         {path.name for path in (FOLDER / "samples").iterdir() if path.is_dir()})

    def test_samples_give_their_metrics_and_no_others(self):
        def check(adapter):
            expected = exposition.parse_samples((sample(adapter) / EXPECTED).read_text())
            self.assertEqual([], differences(expected, replay(adapter, sample(adapter))))
            # Every metric of the adapter occurs, so none is useless.
            shown = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name, _ in expected}
            declared = {metric["name"] for metric in tomllib.loads(adapter.read_text()).get("metric", [])}
            self.assertEqual(set(), declared - shown)
        self.for_each(check)

    def test_a_wrong_value_would_be_noticed(self):
        adapter = ADAPTERS[0]
        found = replay(adapter, sample(adapter))
        key = next(iter(found))
        self.assertEqual(1, len(differences({**found, key: found[key] + 1}, found)))
        self.assertEqual(1, len(differences({other: value for other, value in found.items() if other != key}, found)))

    def test_check_has_nothing_to_complain_of(self):
        def check(adapter):
            done = leeway("check", "--config.file", adapter, directory=sample(adapter))
            self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.for_each(check)

    def test_each_asks_whether_its_files_are_fresh(self):
        def check(adapter):
            alerts = tomllib.loads(adapter.read_text())["alert"]
            self.assertTrue([alert for alert in alerts if "age_above" in alert])
        self.for_each(check)

    def test_rules_and_their_tests_pass(self):
        def check(adapter):
            with tempfile.TemporaryDirectory() as directory:
                folder = pathlib.Path(directory)
                configuration = folder / "own.toml"  # without the self-monitoring alerts, which rules_test.py tests
                configuration.write_text(f'include = ["{adapter}"]\n[rules]\nagent_alerts = false\n')
                done = leeway("rules", "--config.file", configuration, "--output-dir", directory)
                self.assertEqual(0, done.returncode, done.stderr)
                for words in (("check", "rules", "--lint=all", "--lint-fatal", folder / "rules.yml"),
                              ("test", "rules", *sorted(folder.glob("rules_test*.yml")))):
                    done = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, timeout=900)
                    self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.for_each(check)

    def test_dashboards_show_what_is_there(self):
        def check(adapter):
            with tempfile.TemporaryDirectory() as directory:
                done = leeway("dashboards", "--config.file", adapter, "--output-dir", directory)
                self.assertEqual(0, done.returncode, done.stderr)
                self.assertEqual([], dashboard_lint.lint_directory(directory))
                text = "".join(path.read_text() for path in pathlib.Path(directory).glob("*.json"))
                for metric in tomllib.loads(adapter.read_text()).get("metric", []):
                    self.assertIn(metric["name"], text)
        self.for_each(check)

    def test_exported_text_passes_promtool(self):
        def check(adapter):
            done = leeway("replay", "--config.file", adapter, directory=sample(adapter))
            own = "".join(line + "\n" for line in done.stdout.splitlines() if " leeway_" not in f" {line}")
            lint = subprocess.run(["promtool", "check", "metrics"], input=own, capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual((0, ""), (lint.returncode, lint.stderr))
        self.for_each(check)


class IncludeTest(unittest.TestCase):
    def test_all_can_be_included_in_one_configuration(self):
        with tempfile.TemporaryDirectory() as directory:
            configuration = pathlib.Path(directory) / "all.toml"
            configuration.write_text(f"include = {[str(adapter) for adapter in ADAPTERS]}")
            done = leeway("check", "--config.file", configuration, directory=directory)
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertEqual(0, leeway("rules", "--config.file", configuration, "--output-dir", directory).returncode)

    def test_included_sources_are_given_other_paths(self):
        adapter = FOLDER / "dbt.toml"
        with tempfile.TemporaryDirectory() as directory:
            configuration = pathlib.Path(directory) / "mine.toml"
            text = f'include = ["{adapter}"]\n'
            for source in tomllib.loads(adapter.read_text())["source"]:
                other = pathlib.Path(directory) / f"elsewhere-{pathlib.Path(source['path']).name}"
                other.write_bytes((sample(adapter) / source["path"]).read_bytes())
                text += f'[[source]]\nname = "{source["name"]}"\npath = "{other}"\n'
            configuration.write_text(text)
            self.assertEqual(replay(adapter, sample(adapter)), replay(configuration, directory))

    def test_what_a_new_report_no_longer_names_is_gone(self):
        adapter = FOLDER / "sagemaker.toml"
        with tempfile.TemporaryDirectory() as directory:
            work, state = pathlib.Path(directory) / "work", pathlib.Path(directory) / "state"
            shutil.copytree(sample(adapter), work)

            def violations():
                done = leeway("replay", "--config.file", adapter, "--state.dir", state, directory=work)
                self.assertEqual(0, done.returncode, done.stderr)
                return [key for key in exposition.parse_samples(done.stdout) if "violation" in key[0]]

            self.assertEqual(3, len(violations()))
            (work / "constraint_violations.json").write_text('{"violations" : [ ]}')
            self.assertEqual([], violations())

    def test_limits_are_overridden_by_name(self):
        with tempfile.TemporaryDirectory() as directory:
            configuration = pathlib.Path(directory) / "mine.toml"
            configuration.write_text(f"""include = ["{FOLDER}/ragas.toml"]
[[quality]]
name = "ragas"
[[quality.check]]
name = "score"
mean = {{ column = "value", min = 0.55 }}
[[alert]]
name = "RagasEvaluationStale"
age_above = "3d"
""")
            done = leeway("rules", "--config.file", configuration, "--output-dir", directory)
            self.assertEqual(0, done.returncode, done.stderr)
            rules = (pathlib.Path(directory) / "rules.yml").read_text()
            self.assertIn("> 259200", rules)
            found = replay(configuration, FOLDER / "samples/ragas")
            self.assertEqual({0.55}, {value for (name, labels), value in found.items()
                                      if name == "leeway_quality_check_limit" and ("check", "score") in labels})


if __name__ == "__main__":
    unittest.main()
