#!/usr/bin/env python3
"""Writes sample/, the files of the decision pipeline in their real shapes, and truth.json, what a reader must find.

Simulated time: a first day, and a second day for each scenario. The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        unpack a step of the sample as the service would write it, with file times
"""

import datetime
import json
import math
import os
import pathlib
import random
import re
import shutil
import sqlite3
import statistics
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import normal, run, series, unix  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
FIRST_RUN = datetime.datetime(2025, 8, 24, 6, 0, 0)
DAY = datetime.timedelta(days=1)
CUSTOMERS = 200
REFERENCE_ROWS, WINDOW_ROWS = 2000, 1000
SEGMENTS = ["High Uplift", "Medium Uplift", "Low Uplift"]
TESTS = ["placebo", "random_cause", "subset_validation", "data_subset", "bootstrap"]
STEPS = ["Generate Data", "Data Quality", "Estimate Effects", "Refutation", "Score Customers", "Drift Detection"]
CAUSES = ["none", "missing_columns", "null_rate", "no_overlap", "refutation", "other"]

# name: (mean, deviation, smallest, largest, step). At most about a hundred values each, so that KS is exact.
FEATURES = {
    "age": (41, 12, 18, 80, 1), "income_level": (2, 0.9, 0, 4, 1), "region_encoded": (2.5, 1.4, 0, 5, 1),
    "past_purchases": (5, 3, 0, 20, 1), "days_since_signup": (45, 20, 0, 89, 1), "engagement_score": (5, 2, 0, 10, 0.2),
    "season_encoded": (1.5, 1.0, 0, 3, 1), "day_of_week": (3, 2, 0, 6, 1),
}

# The second day of each scenario; anything not named is as on a good day.
GOOD = {
    "ate": 46.0, "std": 12.0, "customers": CUSTOMERS, "not_a_number": 0, "disabled": False, "reversed": False,
    "passed": 5, "shifts": {}, "report_ks": {"age": 0.0861, "income_level": 0.1215}, "psi": None, "outcome": "completed",
    "total": 412.5, "events": [], "nulls": {}, "outside": 0.03, "smd": {"age": 0.03, "income_level": 0.05},
    "production": 1, "trained_days_ago": 20,
}
SCENARIOS = {
    "healthy": {"ate": 47.2},
    "borderline": {"ate": 51.6, "std": 15.6, "customers": 170, "passed": 3, "shifts": {"age": 0.4},
                   "report_ks": {"age": 0.1423, "income_level": 0.1215}, "psi": 0.24, "total": 1790.0, "outside": 0.1},
    "report_only": {"ate": 47.2, "report_ks": {"age": 0.0861, "income_level": 0.2215}},
    "incident": {"ate": 58.4, "std": 21.6, "customers": 130, "not_a_number": 3, "reversed": True, "passed": 2,
                 "shifts": {"age": 1.1, "past_purchases": 0.65}, "report_ks": {"age": 0.4102, "income_level": 0.2240},
                 "psi": 0.31, "outcome": "failed", "total": 1912.4, "nulls": {"income_level": 0.07, "age": 0.061},
                 "outside": 0.14, "smd": {"age": 0.31, "income_level": float("nan")}, "production": 2,
                 "trained_days_ago": 60, "events": ["rollback", "slack"]},
    "disabled": {"ate": 45.4, "disabled": True, "production": 0, "psi": 0.9},
}


# --- The files --------------------------------------------------------------------------------------------------------


def make_scores(source, day):
    """Rows of uplift_scores: exact mean and deviation are measured later, so rounding does not matter."""
    raw = [normal(source) for _ in range(day["customers"])]
    mean, deviation = statistics.fmean(raw), statistics.stdev(raw)
    rows = []
    for index, value in enumerate(raw):
        score = round(day["ate"] + day["std"] * (value - mean) / deviation, 2)
        rank = 0 if score > day["ate"] + 5 else 2 if score < day["ate"] - 5 else 1
        name = SEGMENTS[2 - rank] if day["reversed"] else SEGMENTS[rank]
        width = round(9.6 + normal(source) / 2, 2)
        lower = round(score - width / 2, 2)
        treated = int(source.random() < 0.2956)
        outcome = round(140 + 47.9 * normal(source), 2)
        if day["disabled"]:
            score, name = 0.0, "Do Not Treat"
        rows.append([f"U{index:05d}", score, rank, name, treated, outcome, lower, round(lower + width, 2)])
    for row in rows[: day["not_a_number"]]:
        row[1] = float("nan")
    return rows


def scores_csv(rows):
    lines = ["user_id,uplift_score,segment,segment_name,treatment,outcome,uplift_ci_lower,uplift_ci_upper"]
    lines += [",".join("NaN" if value != value else str(value) for value in row) for row in rows]
    return "\n".join(lines) + "\n"


def make_features(source, rows, shifts):
    table = []
    for _ in range(rows):
        row = []
        for name, (mean, deviation, low, high, step) in FEATURES.items():
            value = mean + deviation * (normal(source) + shifts.get(name, 0))
            value = min(max(round(value / step) * step, low), high)
            row.append(int(value) if step == 1 else round(value, 1))
        table.append(row)
    return table


def features_csv(table):
    return "\n".join([",".join(FEATURES), *(",".join(map(str, row)) for row in table)]) + "\n"


def drift_report(day, end):
    features = {}
    for name, ks in day["report_ks"].items():
        mean = float(FEATURES[name][0])
        features[name] = {"type": "numeric", "ks_statistic": ks, "p_value": 0.0, "threshold": 0.15,
                          "drift_detected": ks > 0.15, "baseline_mean": mean, "current_mean": round(mean + ks, 4),
                          "mean_shift": ks}
    features["past_purchases"] = {"type": "numeric", "ks_statistic": 0.142, "p_value": float("nan"), "threshold": 0.15,
                                  "drift_detected": False}  # no means: the runbook prints N/A
    features["region"] = {"type": "categorical", "distribution_shift": 0.041, "drift_detected": False}
    drifted = [name for name, feature in features.items() if feature["drift_detected"]]
    report = {"run_timestamp": end.isoformat() + ".512345", "n_records_current": WINDOW_ROWS,
              "n_records_baseline": REFERENCE_ROWS, "drift_detected": bool(drifted), "features_with_drift": drifted,
              "feature_results": features}
    if day["psi"] is not None:
        report |= {"uplift_score_psi": day["psi"], "uplift_drift": day["psi"] > 0.25}
    return report


def effect(day):
    return round(day["ate"] + 1.583, 3)


def refutation_report(day):
    tests = {}
    for index, name in enumerate(TESTS):
        passed = index < day["passed"]
        # Text if the test ran; a bool if it ended with an error.
        tests[name] = {"test": name.replace("_", " ").title(), "passed": str(passed), "original_effect": effect(day),
                       "p_value": None if name == "bootstrap" else 0.92,
                       "interpretation": "PASS: robust" if passed else "FAIL: not robust"}
    if day["passed"] < 3:
        tests["data_subset"] = {"test": "Data Subset", "passed": False, "error": "singular matrix"}
    rate = day["passed"] / len(TESTS)
    return {"overall_pass": rate >= 0.6, "tests": tests, "summary": {
        "total_tests": len(TESTS), "passed": day["passed"], "failed": len(TESTS) - day["passed"], "pass_rate": rate}}


def dq_checks(day):
    """The service's own verdicts, by check."""
    return {"required_columns": True, "null_rates": not day["nulls"], "unique_keys": True,
            "propensity_overlap": True, "covariate_balance": imbalanced(day) == 0, "outcome_distribution": True}


def imbalanced(day):
    return sum(smd > 0.1 for smd in day["smd"].values())


def dq_report(day):
    checks = {name: {"pass": passed} for name, passed in dq_checks(day).items()}
    if day["nulls"]:
        checks["null_rates"]["issues"] = day["nulls"]
    checks["propensity_overlap"] |= {"outside_overlap_count": round(day["outside"] * CUSTOMERS),
                                     "outside_overlap_rate": day["outside"], "propensity_range": [0.03, 0.97],
                                     "propensity_mean": 0.2956}
    checks["covariate_balance"] |= {
        "balance_results": {name: {"smd": smd, "ks_statistic": 0.04, "ks_pvalue": 0.5} for name, smd in day["smd"].items()},
        "imbalanced_features": imbalanced(day)}
    checks["outcome_distribution"] |= {"stats": {"count": day["customers"], "mean": round(90 + day["ate"], 2)}}
    errors = [f"Null rate > threshold in {name}" for name in day["nulls"]]
    warnings = ["Propensity overlap"] if day["outside"] > 0.1 else []
    return {"overall_pass": not errors, "checks": checks, "warnings": warnings, "errors": errors}


def make_models(day, start):
    """Rows of model_versions: an archived one and those in production, or a staged one if there are none."""
    trained = start - datetime.timedelta(days=day["trained_days_ago"])
    models = [("causal_forest_v1", "1.0", "archived", start - datetime.timedelta(days=50), 44.1, 11.8, 80.0)]
    for index in range(max(day["production"], 1)):
        status = "production" if day["production"] else "staged"
        models.append((f"causal_forest_v{index + 2}", f"{index + 2}.0", status, trained + DAY * index, 45.978, 12.023, 100.0))
    return models


def registry_sql(models):
    text = """CREATE TABLE model_versions (id INTEGER PRIMARY KEY, model_id TEXT, model_name TEXT, version TEXT,
  status TEXT DEFAULT 'staged', created_at TEXT, promoted_at TEXT, training_date TEXT, ate_estimate REAL, cate_std REAL,
  refutation_pass_rate REAL, notes TEXT);\n"""
    for index, (name, version, status, trained, ate, std, rate) in enumerate(models):
        date = "NULL" if status == "archived" else f"'{trained.isoformat(sep=' ')}'"
        text += (f"INSERT INTO model_versions VALUES ({index + 1}, '{name}', 'causal_forest', '{version}', '{status}', "
                 f"'{trained.isoformat(sep=' ')}', NULL, {date}, {ate}, {std}, {rate}, NULL);\n")
    return text


class Log:
    """Lines in the format of the service's logger, and counts of what was written: (row, series)."""

    def __init__(self, before=None):
        self.text = before.text if before else ""
        self.counts = Counter(before.counts if before else {})
        for row, name, labels in (
                [("D1", "dis_pipeline_runs_total", {"outcome": outcome}) for outcome in ("completed", "failed")]
                + [("D3", "dis_pipeline_failures_total", {"cause": cause}) for cause in CAUSES[1:]]
                + [("D16", "dis_log_problems_total", {"log": log, "word": "error"}) for log in ("pipeline", "errors")]
                + [("D30", "dis_rollbacks_total", {}), ("D38", "dis_unsent_messages_total", {})]):
            self.count(row, name, 0, **labels)

    def count(self, row, name, number=1, **labels):
        self.counts[row, series(name, **labels)] += number

    def write(self, moment, message, level="INFO", where="__main__:run_step:88"):
        self.text += f"{moment:%Y-%m-%d %H:%M:%S} | {level:<8} | {where} - {message}\n"
        word = re.search("(?i)error|exception|failed", f"{level} {message}")
        for log in ("pipeline", "errors")[: 2 if level == "ERROR" else 1]:
            self.count("D16", "dis_log_records_total", log=log, level=level.lower())
            if word:
                self.count("D16", "dis_log_problems_total", log=log, word=word[0].lower())

    def run(self, start, day):
        """A run of the pipeline; returns the duration of each step that completed and the number of the one that did not."""
        failed = 2 if day["outcome"] == "failed" else None
        end = start + datetime.timedelta(seconds=int(day["total"]))
        self.write(start, f"Pipeline started at {start}", where="__main__:main:210")
        seconds = {}
        for number, name in enumerate(STEPS, 1):
            self.write(start, f"\n╔{'═' * 40}╗\n║ STEP {number}: {name:<31} ║\n╚{'═' * 40}╝")
            self.count("D2", "dis_pipeline_steps_total", step=number, outcome="failed" if number == failed else "completed")
            if number == failed:
                self.write(end, f"\n✗ Step {number} failed with error: Null rate > threshold: {day['nulls']}", "ERROR")
                self.count("D3", "dis_pipeline_failures_total", cause="null_rate")
                break
            seconds[number] = round(12.3 * number + day["total"] / 100, 1)
            if name == "Estimate Effects":
                self.write(start, "ATE (DoWhy): $47.58", where="src.causal.estimators:estimate:120")
                self.write(start, f"ATE (EconML): ${day['ate']:.2f}", where="src.causal.estimators:estimate:141")
            if name == "Refutation":
                self.write(start, f"Pass rate: {day['passed'] * 100 // len(TESTS)}%", where="src.causal.refutation:run:77")
            self.write(start, f"\n✓ Step {number} completed in {seconds[number]}s")
        self.count("D1", "dis_pipeline_runs_total", outcome=day["outcome"])
        message = "✓ Pipeline completed successfully!" if failed is None else "✗ Pipeline failed"
        self.write(end, message, "INFO" if failed is None else "ERROR", "__main__:main:260")
        self.write(end, f"\nTotal execution time: {day['total']}s", where="__main__:main:262")
        for number, value in seconds.items():
            self.text += f"  ✓ {STEPS[number - 1]:<20} {value}s\n"
        return seconds, failed

    def errors(self):
        """What a second output for errors holds."""
        return "".join(re.findall(r"(?ms)^\d{4}-[^\n]*\| ERROR .*?(?=^\d{4}-|\Z)", self.text))


REASONS = {200: "OK", 404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable"}
TRACE = """ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/srv/dis/venv/lib/python3.11/site-packages/uvicorn/protocols/http/h11_impl.py", line 408, in run_asgi
    result = await app(  # type: ignore[func-returns-value]
  File "/srv/dis/src/api/main.py", line 77, in recommend
    raise RuntimeError("scores failed to load")
RuntimeError: scores failed to load"""


def api_log(calls):
    lines = ["nohup: ignoring input", "INFO:     Started server process [4711]", "INFO:     Application startup complete.",
             "\x1b[32m2025-08-24 05:59:00\x1b[0m | \x1b[1mINFO    \x1b[0m | api loaded 200 rows"]
    for index, (method, path, status) in enumerate(calls):
        answer = f"{status} {REASONS[status]}"
        shown = f"\x1b[32m{answer}\x1b[0m" if index % 2 else answer
        lines.append(f'INFO:     127.0.0.1:{50000 + index} - "{method} {path} HTTP/1.1" {shown}')
        if status == 500:
            lines.append(TRACE)
    return "\n".join(lines) + "\n"


# --- What must be found -----------------------------------------------------------------------------------------------


def ks(first, second):
    counts = [Counter(first), Counter(second)]
    below, largest = [0, 0], 0
    for value in sorted(set(first) | set(second)):
        below = [below[i] + counts[i][value] for i in (0, 1)]
        largest = max(largest, abs(below[0] / len(first) - below[1] / len(second)))
    return largest


class Day:
    """The files of one day and what they hold."""

    def __init__(self, source, changes, start, before=None):
        self.day = GOOD | changes
        self.start = start
        self.end = start + datetime.timedelta(seconds=int(self.day["total"]))
        self.before = before
        self.scores = make_scores(source, self.day)
        rows = WINDOW_ROWS + (0 if before else REFERENCE_ROWS)
        self.features = make_features(source, rows, self.day["shifts"])
        if self.day["disabled"]:  # manually, between two runs
            self.features = before.features
        self.models = make_models(self.day, start)
        self.log = Log(before.log if before else None)
        self.events = {}
        if before and self.day["outcome"] == "failed":  # the scores' own run, then one that fails
            self.log.run(start, self.day | {"outcome": "completed", "total": 402.5})
            start, self.end = start + datetime.timedelta(hours=1), self.end + datetime.timedelta(hours=1)
        self.seconds, self.failed = self.log.run(start, self.day)
        for event in self.day["events"]:
            self.events[event] = self.end + datetime.timedelta(minutes=5)
            text = {"rollback": "Rolled back to model causal_forest_v1", "slack": "Slack notification failed: 404"}[event]
            self.log.write(self.events[event], text, "WARNING", "src.services.alerts:send:31")
            row, name = {"rollback": ("D30", "dis_rollbacks_total"), "slack": ("D38", "dis_unsent_messages_total")}[event]
            self.log.count(row, name)
        self.calls = [("GET", "/health", 200)] * 6 + [("POST", "/recommend", 200)] * 4
        if before:
            self.calls = before.calls + self.calls + [("GET", "/customers/U00017/uplift?top=3", 200), ("GET", "/.env", 404)]
        if self.day["outcome"] == "failed":
            self.calls += [("POST", "/recommend", 500)] + [("POST", "/recommend", 503)] * 5

    def files(self):
        dump = lambda report: json.dumps(report, indent=1) + "\n"  # noqa: E731
        files = {
            "data/outputs/drift_report.json": dump(drift_report(self.day, self.end)),
            "data/outputs/refutation_report.json": dump(refutation_report(self.day)),
            "data/outputs/data_quality_report.json": dump(dq_report(self.day)),
            "data/outputs/uplift_scores.csv": scores_csv(self.scores),
            "data/processed/canonical_events.csv": features_csv(self.features),
            "data/model_registry.sql": registry_sql(self.models),
            "logs/pipeline.log": self.log.text,
            "logs/errors.log": self.log.errors(),
            "logs/api.log": api_log(self.calls),
            "logs/api-enhanced.log": api_log([("GET", "/ab-test/list", 200)]),
        }
        if not self.before:
            files["data/outputs/baseline_stats.json"] = dump(
                {"computed_at": self.end.isoformat() + ".000001", "n_records": REFERENCE_ROWS, "features": {}})
        return files

    def window(self, name):
        """The reference and the last window of a feature."""
        column = list(FEATURES).index(name)
        first = self.before or self
        return ([row[column] for row in first.features[:REFERENCE_ROWS]],
                [row[column] for row in self.features[-WINDOW_ROWS:]])

    def finite_scores(self):
        return [row[1] for row in self.scores if not math.isnan(row[1])]


def add(rows, row, name, value, **labels):
    rows.setdefault(row, {"values": {}, "absent": []})["values"][series(name, **labels)] = value


def pipeline_truth(rows, day):
    spec = day.day
    failed = day.failed is not None
    add(rows, "D1", "dis_pipeline_last_run_success", 0 if failed else 1)
    good = day.start + datetime.timedelta(seconds=402) if failed else day.end
    add(rows, "D1", "dis_pipeline_last_completed_timestamp_seconds", unix(good))
    for (row, name), count in day.log.counts.items():
        rows.setdefault(row, {"values": {}, "absent": []})["values"][name] = count
    for number, seconds in day.seconds.items():
        add(rows, "D2", "dis_pipeline_step_duration_seconds", seconds, step=number)
    for number in range(1, len(STEPS) + 1):
        add(rows, "D2", "dis_pipeline_step_failed", int(number == day.failed), step=number)
    for cause in CAUSES:
        add(rows, "D3", "dis_pipeline_failure_cause", int(cause == ("null_rate" if failed else "none")), state=cause)
    add(rows, "D17", "dis_pipeline_last_full_run_timestamp_seconds", unix(day.start))
    add(rows, "D37", "dis_pipeline_duration_seconds", spec["total"])
    routes = {"/customers/U00017/uplift?top=3": "/customers/{id}/uplift", "/.env": "other"}
    for (method, path, status), count in Counter(day.calls).items():
        add(rows, "D35", "dis_http_requests_total", count, log="api", method=method, route=routes.get(path, path), status=status)
    add(rows, "D35", "leeway_slo_events_total", len(day.calls) + 1, slo="api")
    add(rows, "D35", "leeway_slo_bad_events_total", sum(status >= 500 for _, _, status in day.calls), slo="api")


def effect_truth(rows, day):
    spec, scores = day.day, day.finite_scores()
    summary = {"quality": "scores", "column": "uplift_score"}
    add(rows, "D5", "leeway_quality_summary_mean", statistics.fmean(scores), **summary)
    add(rows, "D5", "dis_pipeline_ate_dollars", spec["ate"], estimator="EconML")
    add(rows, "D5", "dis_refutation_original_effect_dollars", effect(spec), test="placebo")
    for name, version, status, trained, ate, std, rate in day.models:
        add(rows, "D5", "dis_model_ate_dollars", ate, model_id=name, status=status)
        add(rows, "D7", "dis_model_refutation_pass_ratio", rate / 100, model_id=name, status=status)
        add(rows, "D20", "dis_model_info", 1, model_id=name, version=version, status=status)
        if status == "production":
            add(rows, "D25", "dis_model_trained_timestamp_seconds", unix(trained), model_id=name)
    for status in ("staged", "production", "archived"):
        add(rows, "D20", "dis_models", sum(model[2] == status for model in day.models), status=status)
    add(rows, "D6", "leeway_quality_check_value", statistics.fmean(scores), quality="scores", check="ate range", column="uplift_score")
    add(rows, "D7", "dis_refutation_pass_ratio", spec["passed"] / len(TESTS))
    add(rows, "D7", "dis_pipeline_refutation_pass_ratio", spec["passed"] / len(TESTS))
    for index, name in enumerate(TESTS):
        add(rows, "D8", "dis_refutation_test_passed", int(index < spec["passed"]), test=name)
    add(rows, "D8", "dis_refutation_tests_failed", len(TESTS) - spec["passed"])
    add(rows, "D9", "leeway_quality_rows", len(day.scores), quality="scores")
    disabled = {"quality": "scores", "check": "recommendations"}
    add(rows, "D29", "leeway_quality_check_passed", 0 if spec["disabled"] else 1, **disabled)
    add(rows, "D31", "leeway_quality_summary_std", statistics.stdev(scores), **summary)
    add(rows, "D31", "leeway_quality_summary_min", min(scores), **summary)
    add(rows, "D31", "leeway_quality_summary_max", max(scores), **summary)
    if day.before:
        old = statistics.stdev(day.before.finite_scores())
        change = {"quality": "scores", "check": "spread", "column": "uplift_score"}
        add(rows, "D31", "leeway_quality_check_value", statistics.stdev(scores) / old - 1, **change)
    widths = [row[7] - row[6] for row in day.scores]
    add(rows, "D32", "leeway_quality_summary_mean", statistics.fmean(widths), quality="scores", column="uplift_ci_upper - uplift_ci_lower")


def drift_truth(rows, day):
    report = drift_report(day.day, day.end)
    add(rows, "D10", "dis_drift_detected", int(report["drift_detected"]))
    add(rows, "D10", "dis_drift_features", len(report["features_with_drift"]))
    for name, feature in report["feature_results"].items():
        for row, key, metric, labels in (("D11", "ks_statistic", "dis_drift_ks_statistic", {"source": "report"}),
                                         ("D12", "mean_shift", "dis_drift_mean_shift", {})):
            if key in feature:
                add(rows, row, metric, feature[key], feature=name, **labels)
            else:
                rows.setdefault(row, {"values": {}, "absent": []})["absent"].append(series(metric, feature=name, **labels))
    for name in FEATURES:
        score = ks(*day.window(name))
        label = {"drift": "features", "column": name, "method": "ks"}
        add(rows, "D11", "leeway_drift_score", score, **label)
        band = 3 if score >= 0.3 else 2 if score >= 0.2 else 1 if score > 0.1 else 0
        add(rows, "D44", "leeway_drift_band", band, **label)
    if day.day["psi"] is not None:
        add(rows, "D46", "dis_drift_psi", day.day["psi"], feature="uplift_score")
    else:
        rows["D46"] = {"values": {}, "absent": [series("dis_drift_psi", feature="uplift_score")]}
    first = day.before or day
    add(rows, "D43", "dis_drift_baseline_records", REFERENCE_ROWS)
    add(rows, "D43", "leeway_quality_newest_timestamp_seconds", unix(first.end) + 0.000001, quality="baseline", check="age")


def quality_truth(rows, day):
    spec = day.day
    report = dq_report(spec)
    add(rows, "D21", "dis_dq_overall_passed", int(report["overall_pass"]))
    add(rows, "D21", "dis_dq_warnings", len(report["warnings"]))
    add(rows, "D21", "dis_dq_errors", len(report["errors"]))
    for name, passed in dq_checks(spec).items():
        add(rows, "D21", "dis_dq_check_passed", int(passed), check=name)
    add(rows, "D22", "dis_dq_imbalanced_features", imbalanced(spec))
    for name, smd in spec["smd"].items():
        if math.isnan(smd):
            rows["D22"]["absent"].append(series("dis_dq_covariate_smd", feature=name))
        else:
            add(rows, "D22", "dis_dq_covariate_smd", smd, feature=name)
    add(rows, "D23", "dis_dq_propensity_outside_ratio", spec["outside"])
    add(rows, "D23", "dis_dq_propensity_min", 0.03)
    add(rows, "D23", "dis_dq_propensity_max", 0.97)
    rows.setdefault("D24", {"values": {}, "absent": []})
    for name in ("income_level", "age"):
        if name in spec["nulls"]:
            add(rows, "D24", "dis_dq_null_ratio", spec["nulls"][name], column=name)
        else:
            rows["D24"]["absent"].append(series("dis_dq_null_ratio", column=name))


# Row -> the alerts that must fire. Those of the scenario's rows that must not: all other alerts of ALERTS.
ALERTS = {
    "D1": ["DISPipelineFailed", "DISPipelineNotRun", "DISPipelineNeverCompleted"], "D3": ["DISPipelineDataProblem"],
    "D4": ["DISPipelineFailureUnresolved"], "D5": ["DISATEShift", "DISATEShiftNotice", "DISATEChanged"],
    "D6": ["DISATEOutOfRange"], "D7": ["DISRefutationLow", "DISRefutationCritical"], "D8": ["DISRefutationTestFailed"],
    "D9": ["DISCustomersScoredDrop", "DISNoScores", "DISScoresSchema"], "D10": ["DISDriftDetected"],
    "D11": ["DriftModerate", "DriftSevere"], "D15": ["DISOutputStale"], "D16": ["DISLogErrors"],
    "D17": ["DISFullRunOverdue", "DISFullRunNever"], "D20": ["DISNoProductionModel", "DISSeveralProductionModels"],
    "D21": ["DISDataQualityFailed"], "D22": ["DISCovariateImbalance"], "D23": ["DISPropensityOverlap"],
    "D25": ["DISRetrainOverdue"], "D29": ["DISRecommendationsDisabled"], "D30": ["DISModelRolledBack"],
    "D31": ["DISUpliftUnstable", "DISSegmentsReversed", "DISScoresNotANumber", "QualityNotJudged"],
    "D35": ["DISAPIFailing", "DISAPIErrorBudget", "ErrorBudgetExhausted", "DISAPILogNotRead", "DISEnhancedAPILogNotRead"],
    "D37": ["DISPipelineSlow"],
    "D38": ["DISNotifyFailing"], "D39": ["DISServiceDown"], "D43": ["DISBaselineStale"], "D46": ["DISScorePSI"],
}
FIRES = {
    "healthy": [],
    "borderline": ["DISATEShiftNotice", "DISATEOutOfRange", "DISRefutationLow", "DISRefutationTestFailed"],
    "report_only": ["DISDriftDetected"],
    "incident": [
        "DISPipelineFailed", "DISPipelineDataProblem", "DISPipelineFailureUnresolved", "DISATEShift", "DISATEShiftNotice",
        "DISATEChanged", "DISATEOutOfRange", "DISRefutationLow", "DISRefutationCritical", "DISRefutationTestFailed",
        "DISCustomersScoredDrop", "DISDriftDetected", "DriftModerate", "DriftSevere", "DISLogErrors",
        "DISSeveralProductionModels", "DISDataQualityFailed", "DISCovariateImbalance", "DISPropensityOverlap",
        "DISRetrainOverdue", "DISModelRolledBack", "DISUpliftUnstable", "DISSegmentsReversed", "DISScoresNotANumber",
        "DISPipelineSlow", "DISNotifyFailing", "DISScorePSI", "DISAPIFailing", "DISAPIErrorBudget"],
    # Without segments, checks of their order see nothing.
    "disabled": ["DISRecommendationsDisabled", "DISNoProductionModel", "DISATEChanged", "DISATEOutOfRange", "DISScorePSI",
                 "QualityNotJudged"],
    "silent": ["DISPipelineNotRun", "DISOutputStale", "DISFullRunOverdue", "DISRetrainOverdue", "DISBaselineStale"],
}


def scenario_truth(name, steps, day, now):
    rows = {}
    for part in (pipeline_truth, effect_truth, drift_truth, quality_truth):
        part(rows, day)
    written = {"drift": day, "refutation": day, "quality": day, "scores": day, "baseline": day.before or day}
    for source, writer in written.items():
        add(rows, "D15", "leeway_source_newest_file_timestamp_seconds", unix(writer.end), source=source)
        add(rows, "D42", "leeway_source_file_versions_total", 2 if source != "baseline" and day.before else 1, source=source)
    for row, alerts in ALERTS.items():
        entry = rows.setdefault(row, {"values": {}, "absent": []})
        entry["fires"] = [alert for alert in alerts if alert in FIRES[name]]
        entry["quiet"] = [alert for alert in alerts if alert not in FIRES[name]]
    return {"steps": steps, "now": unix(now), "rows": dict(sorted(rows.items(), key=lambda item: int(item[0][1:])))}


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(directory):
    source = random.Random(20250824)
    first = Day(source, {}, FIRST_RUN)
    days = {"first": first}
    truth = {"scenarios": {}, "written": {}}
    for name, changes in SCENARIOS.items():
        # A report without the rest of its day: the same data, so the same random numbers.
        seed = "healthy" if name == "report_only" else name
        days[name] = Day(random.Random(seed), changes, FIRST_RUN + DAY, first)
        now = FIRST_RUN + DAY + datetime.timedelta(hours=3)
        truth["scenarios"][name] = scenario_truth(name, ["first", name], days[name], now)
    truth["scenarios"]["silent"] = scenario_truth("silent", ["first"], first, FIRST_RUN + 36 * DAY)
    shutil.rmtree(directory / "sample", ignore_errors=True)
    for name, day in days.items():
        truth["written"][name] = unix(day.end)
        for path, text in day.files().items():
            if shared(name, path):
                continue
            file = directory / "sample" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def shared(step, path):
    """Whether a step has a file of another step: a report without the rest of its day, and features that do not move."""
    return (step == "report_only" and "drift_report" not in path) or (step == "disabled" and "canonical" in path)


def write_parquet(source, target):
    """As pandas writes a table: non-numbers are null."""
    sys.path.append(str(HERE.parents[2] / "build/arrow"))
    try:
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        sys.exit("make_sample.py: no pyarrow to write Parquet with; deploy/install-arrow.sh installs it")
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(source), target)


def unpack(sample, step, directory):
    """Writes the files of a step over a directory, as the service would have written them; the registry becomes a
    database, tables become Parquet."""
    truth = json.loads((sample.parent / "truth.json").read_text())
    written = truth["written"][step]
    folders = [sample / "healthy", sample / step] if step == "report_only" else [sample / step]
    for file in [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]:
        target = directory / file.relative_to(folders[0] if file.is_relative_to(folders[0]) else folders[-1])
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".sql":
            target = target.with_suffix(".db")
            target.unlink(missing_ok=True)
            with sqlite3.connect(target) as database:
                database.executescript(file.read_text())
            database.close()
        elif target.suffix == ".csv":
            target = target.with_suffix(".parquet")
            write_parquet(file, target)
        else:
            shutil.copyfile(file, target)
        os.utime(target, (written, written))


if __name__ == "__main__":
    run(HERE, write, unpack)
