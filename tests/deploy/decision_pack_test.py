"""The pack for the decision pipeline: replays each scenario of its sample with the real binary (LEEWAY_BIN), evaluates the
pack's rules on the result in promtool, and compares both with the truth file row by row."""

import datetime
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import exposition  # noqa: E402
import harness  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEEWAY = os.environ.get("LEEWAY_BIN", str(ROOT / "build/release/leeway"))
PACK = ROOT / "deploy/packs/decision-intelligence.toml"
FOLDER = PACK.with_suffix("")
TRUTH = json.loads((FOLDER / "truth.json").read_text())
# Rows of the requirements that this pack does not cover; the README of the pack says why.
LEFT_OUT = {f"D{n}" for n in (27, 28, 33, 36, 40, 41)}
# Shown by the labels of alerts, so without series: teams.
WITHOUT_SERIES = {"D45"}
BEFORE, AFTER = 30, 40  # minutes for which a rule test shows the second to last step, and then the last one
WHOLE = re.compile("dis_(model|abtest|calibration|pipeline|rollbacks|unsent|sent|log|http|api)|leeway_(slo|metric_overflowed)")


def replay(directory, *arguments):
    done = subprocess.run([LEEWAY, "replay", "--config.file", str(PACK), "--internal-metrics", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, cwd=directory)
    if done.returncode not in (0, 74):  # 74: a file cannot be read
        raise AssertionError(done.stderr)
    return done.stdout


@functools.cache
def steps(names):
    """The page after each step of a scenario, with the state of one agent throughout. The metrics of the registry and of the
    logs are those of a separate replay: one that keeps a state may end while a database is still being queried, and leaves
    the last record of a log for the next run, because it may go on."""
    with tempfile.TemporaryDirectory() as directory:
        pages = []
        for name in names:
            work = pathlib.Path(directory) / "work"
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", name, work], check=True)
            page = exposition.parse_samples(replay(work, "--state.dir", pathlib.Path(directory) / "state"))
            whole = exposition.parse_samples(replay(work))
            pages.append({key: value for key, value in page.items() if not WHOLE.match(key[0])}
                         | {key: value for key, value in whole.items() if WHOLE.match(key[0])})
        return pages


def pages_of(scenario):
    return steps(tuple(TRUTH["scenarios"][scenario]["steps"]))


def agrees(found, expected, tolerance=1e-9):
    return found is not None and abs(found - expected) <= tolerance * max(1, abs(expected))


def written(key):
    name, labels = key
    pairs = {**dict(labels), "job": "decision-intelligence", "instance": "agent:9464"}
    pairs |= {"le": "+Inf"} if pairs.get("le") == float("inf") else {}
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in pairs.items()) + "}"


def input_series(scenario):
    """What Prometheus would store: the previous step for half an hour, then the last one, at the scenario's own time.
    promtool begins in 1970, so times are shifted by the difference."""
    *earlier, last = pages_of(scenario)
    first = earlier[-1] if earlier else last
    shift = TRUTH["scenarios"][scenario]["now"] - (BEFORE + AFTER) * 60
    result = []
    for key in {**first, **last}:
        if not re.match(r"dis_|leeway_(quality|drift|source|slo|metric_overflowed)_", key[0]) or key[0].startswith("leeway_") and key[0].endswith("_bucket"):
            continue
        moved = shift if key[0].endswith("_timestamp_seconds") else 0
        values = [exposition.repeated(page[key] - moved, length - 1) if key in page else f"stale _x{length - 1}"
                  for page, length in ((first, BEFORE), (last, AFTER + 10))]
        result.append({"series": written(key), "values": " ".join(values)})
    for job, instance in (("decision-intelligence", "agent:9464"), ("decision-intel", "localhost:8000")):
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
        """The output of promtool if alerts other than the `expected` ones fire in the last step, or at its end."""
        def samples(names):
            return [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(names)]
        firing, end = 'ALERTS{alertstate="firing"}', f"{BEFORE + AFTER}m"
        test = {"rule_files": [str(self.directory / "rules.yml")], "evaluation_interval": "1m", "tests": [{
            "interval": "1m", "input_series": input_series(scenario), "promql_expr_test": [
                {"expr": f"group by (alertname) (max_over_time({firing}[{AFTER - 1}m]))", "eval_time": end,
                 "exp_samples": samples(expected)},
                {"expr": f"group by (alertname) ({firing})", "eval_time": end, "exp_samples": samples(expected)}]}]}
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
        own = {name for name in self.rules.alerts if re.match("DIS|Drift(Moderate|Severe)|ErrorBudget|QualityNotJudged", name)}
        self.assertEqual(own | {"LeewayFileTruncated", "LeewayLostBytes", "LeewaySeriesCapped"}, fired | quiet)
        # The sample never empties the scores, stops the service or hides a log, and is shorter than a day: the generated
        # rule tests do and are not.
        self.assertEqual({"DISNoScores", "DISScoresSchema", "DISServiceDown", "DISPipelineNeverCompleted", "DISFullRunNever",
                          "DISAPILogNotRead", "DISEnhancedAPILogNotRead", "ErrorBudgetExhausted"}, own - fired)

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

    def test_no_line_and_no_file_is_rejected_but_those_of_the_dirty_day(self):
        rejected = {key: value for key, value in pages_of("dirty")[-1].items() if value and "_rejected_" in key[0]}
        self.assertEqual({("pipeline", "no_match"): 1, ("pipeline", "too_long"): 1, ("drift", "truncated"): 1, ("drift_features", "truncated"): 1},
                         {(dict(labels)["source"], dict(labels)["reason"]): value for (_, labels), value in rejected.items()})
        for scenario in TRUTH["scenarios"].keys() - {"dirty"}:
            for page in pages_of(scenario):
                lost = "_rejected_|_skipped_.*dis_(pipeline|log|http|rollbacks|unsent|sent|abtest)|_gaps_|_late_|_overflowed_"
                self.assertEqual({}, {key: value for key, value in page.items() if value and re.search(lost, str(key))})

    def test_times_without_a_zone_are_in_the_zone_of_the_configuration(self):
        with tempfile.TemporaryDirectory() as directory:
            work, pack = pathlib.Path(directory) / "work", pathlib.Path(directory) / "pack.toml"
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", "first", work], check=True)
            pack.write_text(PACK.read_text().replace('time_zone = "UTC"', 'time_zone = "America/New_York"'))
            done = subprocess.run([LEEWAY, "replay", "--config.file", pack], capture_output=True, text=True, cwd=work)
        for series in ('leeway_quality_newest_timestamp_seconds{quality="baseline",check="age"}',
                       "dis_pipeline_last_completed_timestamp_seconds", "dis_pipeline_last_full_run_timestamp_seconds"):
            key = exposition.parse_series(series)
            moved = exposition.parse_samples(done.stdout)[key] - pages_of("silent")[-1][key]
            self.assertAlmostEqual(4 * 3600, moved, places=3)


def counted(logs):
    """The counters of the logs in the directories, counted without the agent: series that are not 0."""
    result = Counter()

    def count(name, **labels):
        result[name, tuple(sorted(labels.items()))] += 1

    def message(log, level, text):
        count("dis_log_records_total", log=log, level=level.lower())
        if word := re.search("(?i)error|exception|failed", f"{level} {text}"):
            count("dis_log_problems_total", log=log, word=word[0].lower())

    def pipeline(log, text):
        started, overdue = {}, set()  # parts of the pipeline
        for record in re.split(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \|)", text)[1:]:
            if not (parts := re.match(r"[^|]*\| (\w+) +\| \S+ - (.*)", record, re.DOTALL)):
                continue  # a line that was cut
            level, said = parts.groups()
            message(log, level, said)
            if log == "errors":
                continue
            moment = datetime.datetime.fromisoformat(record[:19])
            if said.startswith("Pipeline started at"):
                started["run"] = moment
            if run := re.match("[✓✗] Pipeline (completed|failed)", said.strip()):
                count("dis_pipeline_runs_total", outcome=run[1])
                count("dis_pipeline_part_ended_total", part="run", outcome="success" if run[1] == "completed" else "failure")
            step = re.match(r"[✓✗] Step (\d+) (completed|failed)", said.strip())
            late = {part for part, since in started.items() if moment - since >= datetime.timedelta(minutes=30)}
            for part in late - overdue:
                count("dis_pipeline_part_timed_out_total", part=part)
            overdue |= late
            if begin := re.search(r"STEP (\d+): ", said):
                started[begin[1]] = moment
            if ended := "run" if run else step and step[1]:
                started.pop(ended, None)
                overdue.discard(ended)
            if step:
                count("dis_pipeline_steps_total", step=step[1], outcome=step[2])
                count("dis_pipeline_part_ended_total", part=step[1], outcome="success" if step[2] == "completed" else "failure")
            if "failed with error" in said:
                count("dis_pipeline_failures_total", cause="null_rate" if "Null rate" in said else "?")
            if said.startswith("Rolled back"):
                count("dis_rollbacks_total")
            if said.startswith("Slack notification sent"):
                count("dis_sent_messages_total")
            if said.startswith("Slack notification failed"):
                count("dis_unsent_messages_total")

    def api(log, text):
        lines = re.sub(r"\x1b\[\d+m", "", text).splitlines()
        for index, line in enumerate(lines):
            if request := re.search(r'"(\w+) ([^ ?]+)\S* HTTP/1.1" (\d+)', line):
                method, path, status = request.groups()
                route = "other" if status == "404" else re.sub(r"\w*\d{3,}", "{id}", path)
                count("dis_http_requests_total", log=log, method=method, route=route, status=status)
                count("dis_log_records_total", log=log, level=line.split(":")[0].lower())
            elif level := re.match(r"(?:\d{4}-.* \| )?([A-Z]{4,}) *[:|]", line):
                trace = "\n".join(lines[index + 1:]) if level[1] == "ERROR" else ""
                message(log, level[1], line + trace)
            elif line.startswith("nohup"):
                message(log, "none", line)

    for file in [file for directory in logs for file in pathlib.Path(directory).iterdir()]:
        log = re.match("[a-z-]+", file.name)[0].replace("-", "_")
        (api if log.startswith("api") else pipeline)(log, file.read_text(errors="replace"))
    return dict(result)


def counters(page):
    return {key: value for key, value in page.items() if re.match(r"dis_\w+_total$", key[0]) and value}


class LogsTest(unittest.TestCase):
    maxDiff = None

    def test_the_counters_are_what_another_program_counts(self):
        for scenario, truth in TRUTH["scenarios"].items():
            last = "healthy" if scenario == "report_only" else truth["steps"][-1]
            with self.subTest(scenario=scenario), tempfile.TemporaryDirectory() as work:
                subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", last, work], check=True)
                expected, found = counted([pathlib.Path(work) / "logs"]), counters(pages_of(scenario)[-1])
                if scenario == "dirty":  # whose requests have more names than the metric takes
                    capped = [{key: counts.pop(key) for key in [*counts] if key[0] == "dis_http_requests_total"} for counts in (expected, found)]
                    self.assertEqual(*(sum(counts.values()) for counts in capped))
                    self.assertEqual((10_005, 501), tuple(map(len, capped)))
                self.assertEqual(expected, found)

    def test_the_incident_has_what_there_is_to_count(self):
        names = {key[0] for key in counted([FOLDER / "sample/incident/logs"]) if not re.search("(ended|timed_out)_total$", key[0])}
        self.assertEqual(set(re.findall(r'name = "(dis_\w+_total)"', PACK.read_text())), names)

    def test_rotated_logs_count_once(self):
        with tempfile.TemporaryDirectory() as directory:
            work = pathlib.Path(directory) / "work"
            subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", "first", work], check=True)
            pack = re.sub('"(logs|data)/', f'"{work}/\\1/', PACK.read_text()).replace("{", "{{").replace("}", "}}")
            agent = harness.Agent(directory, pack, ["--state.dir", str(pathlib.Path(directory) / "state")])
            self.addCleanup(agent.close)
            agent.start_and_wait()
            self.wait_for(agent, counted([FOLDER / "sample/first/logs"]))
            for name, rotated in (("pipeline", "pipeline.2025-08-25_05-59-59_000000.log"), ("api", "api.log.1"),
                                  ("errors", "errors.log.1")):
                log = work / f"logs/{name}.log"
                old, whole = log.read_text(), (FOLDER / f"sample/incident/logs/{name}.log").read_text()
                self.assertTrue(whole.startswith(old))
                log.rename(log.with_name(rotated))
                log.write_text(whole[len(old):])
            total = counted([FOLDER / "sample/incident/logs"])
            self.wait_for(agent, total)
            agent.terminate()
            agent.start_and_wait()
            for name in ("pipeline", "api"):  # counted only after what precedes it in its log
                with open(work / f"logs/{name}.log", "a") as log:
                    log.write("2025-08-25 09:00:00 | INFO     | __main__:main:210 - Pipeline started\n")
                total["dis_log_records_total", (("level", "info"), ("log", name))] += 1
            self.wait_for(agent, total)

    def wait_for(self, agent, total):
        harness.wait_until(lambda: agent.ready() and counters(agent.scrape()) == total, total)

    def test_dated_logs_of_the_runbook_are_read_too(self):
        with tempfile.TemporaryDirectory() as directory:
            work = pathlib.Path(directory)
            for step in ("first", "incident"):
                subprocess.run([sys.executable, FOLDER / "make_sample.py", "--unpack", step, work], check=True)
            for name in ("pipeline", "errors", "api", "api-enhanced"):
                (work / f"logs/{name}.log").rename(work / f"logs/{name}_20250825.log")
            self.assertEqual(counted([FOLDER / "sample/incident/logs"]), counters(exposition.parse_samples(replay(work))))


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
        self.assertLess(sum(path.stat().st_size for path in files if path.is_file()), 480_000)


if __name__ == "__main__":
    unittest.main()
