"""The pack for the question answering pipeline: replays each scenario of its sample with the real binary (LEEWAY_BIN),
evaluates the pack's rules on the result in promtool, and compares both with the truth file row by row."""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
from collections import Counter

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import exposition  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACK = ROOT / "deploy/packs/enterprise-rag.toml"
FOLDER = PACK.with_suffix("")
TRUTH = json.loads((FOLDER / "truth.json").read_text())["scenarios"]
CONFIG = tomllib.loads(PACK.read_text())
BEFORE, DURING, AFTER = 30, 30, 95  # minutes in which a rule test reaches the first step, then the last one, and stays there
# What the rules read of the agent's own metrics.
READ = "leeway_(quality|slo)_|leeway_source_(matching_files|file_versions_total|stalest_file)|leeway_metric_overflowed"
# Counters that do not begin at 0 when Prometheus first sees them, because the files are there.
THERE = {"leeway_source_file_versions_total", "rag_configuration_versions_total"}
# The alerts of the playbooks, by their titles there.
TITLES = {
    "Retrieval Quality p50 Drop >10%", "Retrieval Empty Result Rate >5%", "Retrieval p95 Below 0.3",
    "HHEM Faithfulness Below Threshold", "HHEM Faithfulness in Warning Zone", "Embedding Drift Detected",
    "Retrieval Quality p50 Drop >5%", "Daily Ragas Scores Declining", "Shadow Mode Circuit Breaker Triggered",
    "LLM Cost Spike (>2x Daily Average)", "Injection Attempt Spike (>10x Hourly Average)",
}


@functools.cache
def page(steps, restarts=True):
    """What a replay of the files of the steps prints; with restarts, a new process reads each step with the state of the one before."""
    with tempfile.TemporaryDirectory() as directory:
        work, state = pathlib.Path(directory) / "work", pathlib.Path(directory) / "state"
        for step in steps:
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", step, work], check=True)
            if not restarts and step != steps[-1]:
                continue
            done = subprocess.run([LEEWAY, "replay", "--config.file", PACK, "--internal-metrics", *(["--state.dir", state] * restarts)],
                                  cwd=work, capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
    return exposition.parse_samples(done.stdout)


def page_of(scenario):
    return page(tuple(TRUTH[scenario]["steps"]))


def written(key):
    name, labels = key
    pairs = {**dict(labels), "job": "enterprise-rag", "instance": "agent:9464"}
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in pairs.items()) + "}"


def files_of(scenario):
    """How many files the directories have, which a replay does not export."""
    return {exposition.parse_series(text): value for text, value in TRUTH[scenario]["rows"]["R32"]["files"].items()}


def input_series(scenario):
    """What Prometheus would store: counters that rise to the values of the first step and then to those of the scenario, and
    all other series as they are then, at the scenario's own time. promtool begins in 1970, so times are shifted."""
    first, last = ({**page, **files_of(name)} for page, name in ((page(("first",)), "healthy"), (page_of(scenario), scenario)))
    shift = TRUTH[scenario]["now"] - (BEFORE + DURING + AFTER) * 60
    result = [{"series": 'up{job="enterprise-rag",instance="agent:9464"}', "values": f"1x{BEFORE + DURING + AFTER}"}]
    for key in {**first, **last}:
        if key[0].startswith(("leeway_", "process_")) and not re.match(READ, key[0]):
            continue
        if "\ufffd" in str(key):  # which promtool does not read
            continue
        moved = shift if key[0].endswith("_timestamp_seconds") else 0
        if key[0].endswith(("_total", "_bucket", "_count", "_sum")):
            start, end = first.get(key, 0), last[key]
            before = start if key[0] in THERE else 0
            values = f"{before!r}+{(start - before) / BEFORE!r}x{BEFORE - 1} {start!r}+{(end - start) / DURING!r}x{DURING - 1} {end!r}x{AFTER}"
        else:
            values = " ".join(exposition.repeated(page[key] - moved, length) if key in page else f"stale _x{length - 1}"
                              for page, length in ((first, BEFORE - 1), (last, DURING + AFTER)))
        result.append({"series": written(key), "values": values})
    return result


def differences(rules, scenario, expected, names='alertname!~"Leeway.*"'):
    """The output of promtool if other alerts of these names than the `expected` ones fire in the last step."""
    test = {"rule_files": [str(rules)], "evaluation_interval": "1m", "tests": [{
        "interval": "1m", "input_series": input_series(scenario), "promql_expr_test": [{
            "expr": 'group by (alertname) (max_over_time(ALERTS{alertstate="firing", %s}[%dm]))' % (names, DURING + AFTER - 1),
            "eval_time": f"{BEFORE + DURING + AFTER}m",
            "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(expected)]}]}]}
    path = rules.with_name(f"{scenario}.yml")
    path.write_text(json.dumps(test))
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, timeout=300)
    return "" if done.returncode == 0 else done.stdout + done.stderr


class TruthTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        subprocess.run([LEEWAY, "rules", "--config.file", PACK, "--output-dir", temporary.name], check=True, capture_output=True)
        cls.rules = pathlib.Path(temporary.name) / "rules.yml"
        groups = yaml.safe_load(cls.rules.read_text())["groups"]
        cls.alerts = {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}

    def test_each_row_shows_its_values(self):
        for scenario, truth in TRUTH.items():
            samples = page_of(scenario)
            for row, entry in truth["rows"].items():
                with self.subTest(scenario=scenario, row=row):
                    wrong = {text: samples.get(exposition.parse_series(text)) for text, value in entry["values"].items()
                             if abs(samples.get(exposition.parse_series(text), float("inf")) - value) > 1e-9 * max(1, abs(value))}
                    self.assertEqual({}, {text: (found, entry["values"][text]) for text, found in wrong.items()})
                    for text, value in entry.get("near", {}).items():  # quantiles are within 1 %
                        self.assertAlmostEqual(value, samples[exposition.parse_series(text)], delta=0.01 * value)
                    self.assertEqual([], [text for text in entry["absent"] if exposition.parse_series(text) in samples])

    def test_just_the_alerts_of_the_rows_fire(self):
        for scenario, truth in TRUTH.items():
            with self.subTest(scenario=scenario):
                expected = {alert for entry in truth["rows"].values() for alert in entry["fires"]}
                self.assertEqual("", differences(self.rules, scenario, expected))

    def test_the_limit_of_names_raises_its_alert(self):
        names = 'alertname="LeewaySeriesCapped"'
        self.assertEqual("", differences(self.rules, "dirty", {"LeewaySeriesCapped"}, names))
        self.assertEqual("", differences(self.rules, "healthy", set(), names))

    def test_each_alert_of_the_rows_exists_and_each_alert_is_of_a_row(self):
        entries = [entry for truth in TRUTH.values() for entry in truth["rows"].values()]
        named = {alert for entry in entries for alert in entry["fires"] + entry["quiet"]}
        own = {name for name in self.alerts if not re.match("Leeway|Slo|State|Quality", name)}
        self.assertEqual(own, named)
        # What a sample of eight days and an hour cannot show; the generated rule tests do.
        self.assertEqual({"ErrorBudgetBurnPageFast", "ErrorBudgetBurnPageSlow", "RAGCohereQuotaNear", "RAGEvalNotRun", "RAGFeedbackRateDrop", "RAGFlywheelOverdue", "RAGAuditGap",
                          "ErrorBudgetExhausted", "RAGNoTraces", "InjectionAttemptsMany", "RagasScoresDeclining",
                          "RagasFaithfulnessBelowTarget", "RagasContextPrecisionBelowTarget", "RagasAnswerRelevancyBelowTarget"},
                         own - {alert for entry in entries for alert in entry["fires"]})

    def test_the_alerts_of_the_playbooks_have_their_titles(self):
        summaries = [rule["annotations"]["summary"].removeprefix("Enterprise AI pipeline: ") for rule in self.alerts.values()]
        found = {title: [text for text in summaries if re.match(re.escape(title) + r"[:.]", text)] for title in TITLES}
        self.assertEqual({title: 1 for title in TITLES}, {title: len(texts) for title, texts in found.items()})

    def test_the_dashboard_has_the_rows_of_the_runbook_in_its_order(self):
        self.assertEqual(["Traffic and errors", "Safety", "Retrieval", "Quality", "Feedback and flywheel"],
                         [row["title"] for row in CONFIG["row"]])


class TrapsTest(unittest.TestCase):
    def test_no_line_and_no_file_is_rejected_but_those_of_the_dirty_log(self):
        for scenario in TRUTH.keys() - {"dirty"}:
            lost = {key: value for key, value in page_of(scenario).items()
                    if value and re.search("_rejected_|_gaps_|_late_|_overflowed_|_skipped_", key[0])}
            self.assertEqual({}, lost, scenario)

    def test_names_beyond_the_limit_are_counted_together(self):
        samples = page_of("dirty")
        found = {key: value for key, value in samples.items() if key[0] == "rag_log_events_total"}
        self.assertEqual(300 + 1, len(found))  # max_series, and what is beyond
        log = "".join((FOLDER / "sample" / step / "pipeline.log").read_text(errors="replace") for step in ("first", "dirty"))
        self.assertEqual(len(re.findall(r'(?m)^\{"event": ".*\}$', log)) + 10_000, sum(found.values()))


class SourcesOfAttacksTest(unittest.TestCase):
    def test_users_with_the_most_blocks_are_listed_and_are_no_label(self):
        with tempfile.TemporaryDirectory() as work:
            for step in ("first", "incident"):
                subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", step, work], check=True)
            lines = (pathlib.Path(work) / "logs/pipeline.log").read_text().splitlines()
            done = subprocess.run([LEEWAY, "replay", "--config.file", PACK, "--format", "summary"], cwd=work, capture_output=True,
                                  text=True, check=True)
        records = [json.loads(line) for line in lines if '"event": "input_blocked"' in line]
        last = max(json.loads(line)["timestamp"] for line in lines if line.startswith("{"))
        day = f"{last[:8]}{int(last[8:10]) - 1:02d}T{int(last[11:13]) + 1:02d}"  # a day by steps of an hour
        users = Counter(record["user_id"] for record in records if record["timestamp"] >= day)
        self.assertEqual(3, len(users))
        for user, count in users.items():
            self.assertRegex(done.stdout, rf"{'<email>' if '@' in user else user}\D+{count}\b")
        self.assertNotIn("mallory", done.stdout)
        self.assertNotRegex(str(page_of("incident").keys()), "mallory|u9|<email>")


class RestartTest(unittest.TestCase):
    def test_a_restart_between_two_steps_changes_nothing(self):
        """But for what the agent says of itself, and a file that is written again, of which a late start sees only the last."""
        whole, parts = ({key: value for key, value in page(tuple(TRUTH["incident"]["steps"]), restarts).items()
                         if not key[0].startswith(("leeway_", "process_")) and key[0] != "rag_configuration_versions_total"}
                        for restarts in (False, True))
        self.assertEqual(whole.keys(), parts.keys())
        self.assertEqual({}, {key: (value, parts[key]) for key, value in whole.items()
                              if abs(value - parts[key]) > 1e-9 * max(1, abs(value))})


class SampleTest(unittest.TestCase):
    def test_it_is_what_its_generator_writes(self):
        def contents(folder):
            return {str(path.relative_to(folder)): path.read_bytes() for path in [*folder.glob("sample/*/*"), folder / "truth.json"]}
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, FOLDER / "make_sample.py", directory], check=True)
            self.assertEqual(contents(FOLDER), contents(pathlib.Path(directory)))


if __name__ == "__main__":
    unittest.main()
