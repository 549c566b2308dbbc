"""The committed rules of the packs, and one alert of each kind: current, valid, in style, and tested so closely that
changing any threshold or any `for` by a tenth makes a test fail. Uses the real binary, named by LEEWAY_BIN."""

import concurrent.futures
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rule_mutation  # noqa: E402
import rule_style  # noqa: E402
import rule_tests  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACKS = sorted((ROOT / "deploy/packs").glob("*.toml"))
ALL_CONDITIONS = ROOT / "tests/data/alerts/all_conditions.toml"
SMALL = ROOT / "deploy/packs/ai-playbook.toml"
ALL = os.environ.get("LEEWAY_MUTATE") == "all"
# Those whose thresholds are moved; the packs take far longer, and have conditions of the same kinds.
MUTATED = [*(PACKS if ALL else []), ALL_CONDITIONS]
SILENCE = ROOT / "tests/data/alerts/silence.toml"
SLOW = ROOT / "tests/data/alerts/slow_evaluation.toml"


def render(configuration, directory, *arguments):
    done = subprocess.run([LEEWAY, "rules", "--config.file", str(configuration), "--output-dir", str(directory),
                           *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return pathlib.Path(directory)


def contents(directory):
    return {path.name: path.read_text() for path in pathlib.Path(directory).iterdir() if path.is_file()}


def selectors(rule):
    """Of the series that the alert reads, but for those of alerts, and of the scrapes that tell a birth."""
    expr = re.sub(r"group_left \(\) \w+_over_time\(\w+\{[^}]*\}", "", rule["expr"])
    return {found for found in re.findall(r"[a-z_][\w:]*\{[^}]*\}", expr) if not found.startswith("ALERTS")}


def mutes(inhibition, source, target):
    def matched(matchers, rule):
        labels = {**rule["labels"], "alertname": rule["alert"]}
        return all(labels.get(name) == value for name, value in (re.findall(r'(\w+) = "(.*)"', text)[0] for text in matchers))
    return matched(inhibition["source_matchers"], source) and matched(inhibition["target_matchers"], target)


class CommittedRulesTest(unittest.TestCase):
    maxDiff = None

    def compare(self, pack, folder, *arguments):
        with self.subTest(pack=pack.stem, folder=folder.name), tempfile.TemporaryDirectory() as directory:
            again = f"build/release/leeway rules --config.file {pack.relative_to(ROOT)} " \
                    f"--output-dir {folder.relative_to(ROOT)} {' '.join(arguments)}"
            rendered, committed = contents(render(pack, directory, *arguments)), contents(folder)
            self.assertEqual(sorted(rendered), sorted(committed), again)
            for name, text in rendered.items():
                self.assertEqual(committed[name], text, f"{name}: {again}")

    def test_they_are_what_the_packs_give(self):
        self.assertTrue(PACKS)
        for pack in PACKS:
            folder = ROOT / "rules/rendered" / pack.stem
            self.compare(pack, folder)
            self.compare(pack, folder / "kubernetes", "--format", "kubernetes")


class RenderedRulesTest(unittest.TestCase):
    def for_each(self, check, configurations=(*PACKS, ALL_CONDITIONS)):
        for configuration in configurations:
            with self.subTest(configuration=configuration.name), tempfile.TemporaryDirectory() as directory:
                check(render(configuration, directory))

    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=900)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_prometheus_takes_them(self):
        self.for_each(lambda folder: self.promtool("check", "rules", "--lint=all", "--lint-fatal", folder / "rules.yml"),
                      [*PACKS, ALL_CONDITIONS, SILENCE, SLOW])

    def test_their_tests_pass_with_the_whole_file(self):
        def check(folder):
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda file: self.promtool("test", "rules", file), sorted(folder.glob("rules_test*.yml"))))
        self.for_each(check, [*(PACKS if ALL else [SMALL]), ALL_CONDITIONS, SILENCE, SLOW])

    def test_their_tests_pass_with_the_rules_that_they_need(self):
        def check(folder):
            failed, count = rule_tests.failures(folder)
            self.assertEqual([], failed)
            self.assertGreater(count, 50)
        self.for_each(check, [pack for pack in PACKS if pack != SMALL])

    def test_an_alert_goes_on_though_the_evaluation_before_is_five_minutes_ago_or_was_missed(self):
        """3h of 10 % bad events, 8h of 4 %: above half of the limit of 6 %, which keeps it; then none."""
        series = '{instance="a", job="slow", slo="availability"}'
        state = 'count(ALERTS{alertname="ErrorBudgetBurnPageSlow", alertstate="firing"}) or vector(0)'
        test = {"interval": "5m", "input_series": [
                    {"series": "leeway_slo_events_total" + series, "values": "0+1000x180"},
                    {"series": "leeway_slo_bad_events_total" + series, "values": "0+100x36 3640+40x95 7440x50"}],
                "promql_expr_test": [{"expr": state, "eval_time": at, "exp_samples": [{"labels": "{}", "value": fires}]}
                                     for at, fires in (("3h", 1), ("7h", 1), ("11h", 1), ("13h", 0), ("15h", 0))]}

        def check(folder):
            groups = [group["name"] for group in yaml.safe_load((folder / "rules.yml").read_text())["groups"]]
            for interval in ("5m", "10m"):
                (folder / "slow.yml").write_text(yaml.safe_dump({
                    "rule_files": ["rules.yml"], "group_eval_order": groups, "evaluation_interval": interval, "tests": [test]}))
                self.promtool("test", "rules", folder / "slow.yml")
        self.for_each(check, [SLOW])

    def test_alertmanager_takes_its_file(self):
        def check(folder):
            done = subprocess.run(["amtool", "check-config", folder / "alertmanager.yml"], capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.for_each(check)

    def test_their_style(self):
        def check(folder):
            self.assertEqual([], rule_style.problems(yaml.safe_load((folder / "rules.yml").read_text())))
        self.for_each(check)

    def test_no_two_of_their_pages_are_about_one_series(self):
        def check(folder):
            inhibited = yaml.safe_load((folder / "alertmanager.yml").read_text()).get("inhibit_rules", [])
            rules = yaml.safe_load((folder / "rules.yml").read_text())
            pages = [rule for group in rules["groups"] for rule in group["rules"]
                     if rule.get("labels", {}).get("severity") == "critical"]
            self.assertGreater(len(pages), 1)
            both = [(one["alert"], other["alert"]) for one, other in itertools.combinations(pages, 2)
                    if selectors(one) & selectors(other) and not any(
                        (mutes(rule, one, other) or mutes(rule, other, one)) for rule in inhibited)]
            self.assertEqual([], both)
        self.for_each(check, PACKS)

    def test_no_first_step_pages_for_an_alert_that_does_not(self):
        def check(folder):
            sections = re.findall(r"\nSeverity (warning|info)(.*?)(?=\nSeverity |\Z)", (folder / "runbook.md").read_text(), re.S)
            self.assertGreater(len(sections), 10)
            self.assertEqual([], [text for _, text in sections if re.search(r"page the on-call|Immediate|It pages", text)])
        self.for_each(check, PACKS)

    def test_every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not(self):
        def check(folder):
            quiet, fires = set(), set()
            for path in folder.glob("rules_test*.yml"):
                for test in yaml.safe_load(path.read_text())["tests"]:
                    alert = test["name"].split(":")[0]
                    for expected in test.get("alert_rule_test", []):
                        (fires if expected["exp_alerts"] else quiet).add(alert)
                    for expected in test.get("promql_expr_test", []):
                        (fires if expected["exp_samples"][0]["value"] else quiet).add(alert)
            rules = yaml.safe_load((folder / "rules.yml").read_text())
            alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
            self.assertEqual((alerts, alerts), (fires, quiet | (alerts & {"Custom"})))
        self.for_each(check)

    def test_no_threshold_and_no_waiting_time_can_move_unnoticed(self):
        def check(folder):
            missed, count = rule_mutation.survivors(folder, excluded={"Custom"})
            print(f"{count} thresholds and hold times changed")
            self.assertEqual([], missed)
            self.assertGreater(count, 30)
        self.for_each(check, MUTATED)

    def test_no_limit_of_silence_can_move_unnoticed(self):
        def check(folder):
            names = ("LeewaySourceSilent", "LeewayStreamSilent", "LeewayFileOverdue")
            self.assertEqual(([], 26), rule_mutation.survivors(folder, names))
        self.for_each(check, [SILENCE])


if __name__ == "__main__":
    unittest.main()
