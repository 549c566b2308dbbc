#!/usr/bin/env python3
"""Writes sample/, the files of the decision pipeline in their real shapes, and truth.json, what a reader must find.

Simulated time: a first day, and a second day for each scenario. The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        unpack a step of the sample as the service would write it, with file times
       make_sample.py --days N DIRECTORY [FIRST]     write N healthy days, from day FIRST on: a folder with the files of each
"""

import datetime
import io
import json
import math
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import ab_tests  # noqa: E402
from sample_steps import run, series, unix  # noqa: E402
from service_files import DAY, FEATURES, GOOD, REFERENCE_ROWS, WINDOW_ROWS  # noqa: E402
from service_files import balance, dq_checks, dq_report, drift_report, effect, features_csv, imbalanced, make_features  # noqa: E402
from service_files import make_models, make_scores, outcome, refutation_report, registry_sql, scores_csv  # noqa: E402
from service_logs import API_BOUNDS, CAUSES, CUSTOMERS, MANY, STEPS, TESTS, Log, api_log, customer, expand  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
HEALTHY_RUN = datetime.datetime(2026, 1, 1, 6, 0, 0)
MAX_SERIES = 500  # of requests
FIRST_RUN = datetime.datetime(2025, 8, 24, 6, 0, 0)

# The second day of each scenario; anything not named is as on a good day.
SCENARIOS = {
    "healthy": {"ate": 47.2},
    "borderline": {"ate": 51.6, "std": 15.6, "customers": 170, "passed": 3, "shifts": {"age": 0.4},
                   "report_ks": {"age": 0.1423, "income_level": 0.1215}, "psi": 0.24, "total": 1790.0, "outside": 0.1},
    "report_only": {"ate": 47.2, "report_ks": {"age": 0.0861, "income_level": 0.2215}},
    "incident": {"ate": 58.4, "std": 21.6, "customers": 130, "not_a_number": 3, "reversed": True, "passed": 2,
                 "shifts": {"age": 1.1, "past_purchases": 0.65}, "report_ks": {"age": 0.4102, "income_level": 0.2240},
                 "psi": 0.31, "outcome": "failed", "total": 1912.4, "nulls": {"income_level": 0.07, "age": 0.061},
                 "outside": 0.14, "smd": {"age": 0.31, "income_level": float("nan")}, "production": 2,
                 "trained_days_ago": 60, "events": ["rollback", "slack"], "rate": 60.0, "treated": 0.4, "zero": 12},
    "disabled": {"ate": 45.4, "disabled": True, "production": 0, "psi": 0.9},
    "dirty": {"ate": 46.8, "dirty": True},
}


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

    def __init__(self, source, changes, start, before=None, name="first"):
        self.day = GOOD | changes
        self.name = name
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
        if self.day["outcome"] == "failed":
            self.log.hang(start + datetime.timedelta(hours=1))
        self.calls = [("GET", "/health", 200)] * 6 + [("POST", "/recommend", 200)] * 4
        if before:
            self.calls = before.calls + self.calls + [("GET", "/customers/U00017/uplift?top=3", 200), ("GET", "/.env", 404)]
        if self.day["outcome"] == "failed":
            self.calls += [("POST", "/recommend", 500)] + [("POST", "/recommend", 503)] * 5
        if self.day["dirty"]:
            self.log.spoil(self.end)
            self.calls += [("GET", f"/wp-{index}/login.php", 404) for index in range(40)]

    def files(self):
        dump = lambda report: json.dumps(report, indent=1) + "\n"  # noqa: E731
        files = {
            "data/outputs/drift_report.json": dump(drift_report(self.day, self.end)),
            "data/outputs/refutation_report.json": dump(refutation_report(self.day)),
            "data/outputs/data_quality_report.json": dump(dq_report(self.day)),
            "data/outputs/uplift_scores.csv": scores_csv(self.scores),
            "data/processed/canonical_events.csv": features_csv(self.features),
            "data/model_registry.sql": registry_sql(self.models),
            "data/decision_intel.sql": ab_tests.database_sql(self.name, self.start),
            "logs/pipeline.log": self.log.text,
            "logs/errors.log": self.log.errors(),
            "logs/api.log": api_log(self.calls, f"{MANY}\n" * self.day["dirty"]),
            "logs/api-enhanced.log": api_log([("GET", "/ab-test/list", 200)]),
        }
        if self.day["dirty"]:  # the process was killed while it wrote
            report = files["data/outputs/drift_report.json"]
            files["data/outputs/drift_report.json"] = report[: len(report) // 2]
        if not self.before:
            files["data/outputs/baseline_stats.json"] = self.baseline()
        return files

    def baseline(self):
        text = {"computed_at": self.end.isoformat() + ".000001", "n_records": REFERENCE_ROWS, "features": {}}
        return json.dumps(text, indent=1) + "\n"

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
    hangs = day.log.in_progress is not None
    for part in ("run", 1):
        add(rows, "D37", "dis_pipeline_part_in_progress", int(hangs), part=part)
        add(rows, "D37", "dis_pipeline_part_overdue", int(hangs), part=part)
        if hangs:
            add(rows, "D37", "dis_pipeline_part_oldest_start_timestamp_seconds", unix(day.log.in_progress), part=part)
        else:
            rows["D37"]["absent"].append(series("dis_pipeline_part_oldest_start_timestamp_seconds", part=part))
    add(rows, "D37", "dis_pipeline_part_timed_out_total", day.log.timed_out, part="run")
    api_truth(rows, day)
    routes = {"/customers/U00017/uplift?top=3": "/customers/{id}/uplift"}
    requests = Counter((method, "other" if status == 404 else routes.get(path, path), status) for method, path, status in day.calls)
    for (method, route, status), count in requests.items():
        add(rows, "D35", "dis_http_requests_total", count, log="api", method=method, route=route, status=status)
    more = CUSTOMERS * spec["dirty"]
    add(rows, "D35", "leeway_slo_events_total", len(day.calls) + 1 + more, slo="api")
    if more:  # series of them that do not fit count together
        kept = MAX_SERIES - len(requests) - 1
        add(rows, "D35", "dis_http_requests_total", 1, log="api", method="GET", route=customer(0), status=200)
        add(rows, "D35", "dis_http_requests_total", more - kept, overflow="true")
        add(rows, "D35", "leeway_metric_overflowed_records_total", more - kept, metric="dis_http_requests_total")
        rows["D35"]["absent"].append(series("dis_http_requests_total", log="api", method="GET", route=customer(more - 1), status=200))
        add(rows, "D16", "leeway_source_rejected_lines_total", 1, source="pipeline", reason="too_long")
        add(rows, "D16", "leeway_source_rejected_lines_total", 1, source="pipeline", reason="no_match")
        add(rows, "D16", "leeway_source_anomalies_total", 1, source="pipeline", kind="invalid_utf8")
    add(rows, "D35", "leeway_slo_bad_events_total", sum(status >= 500 for _, _, status in day.calls), slo="api")


def api_truth(rows, day):
    """Of the lines that a middleware writes."""
    slow = sum(status >= 500 for _, _, status in day.calls)
    for bound in API_BOUNDS:
        good = len(day.calls) * (bound >= 0.25) - slow * (0.25 <= bound < 5)
        add(rows, "D34", "dis_api_request_duration_seconds_bucket", good, log="api", le=f"{bound:.10g}")
    add(rows, "D34", "dis_api_request_duration_seconds_count", len(day.calls), log="api")


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
    if spec["production"]:
        new, old = day.models[-1], day.models[0]
        label = {"model_id": new[0], "replaced": old[0]}
        add(rows, "D26", "dis_model_ate_change_dollars", new[4] - old[4], **label)
        add(rows, "D26", "dis_model_cate_std_change_dollars", new[5] - old[5], **label)
        add(rows, "D26", "dis_model_refutation_pass_change", (new[6] - old[6]) / 100, **label)
    ab_tests.truth(lambda row, *arguments, **labels: add(rows, row, *arguments, **labels),
                   lambda row, metric, **labels: rows.setdefault(row, {"values": {}, "absent": []})["absent"].append(series(metric, **labels)),
                   day.name, day.start)
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
    shown = day.before if day.day["dirty"] else day  # a broken report leaves the one before
    report = drift_report(shown.day, shown.end)
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
        add(rows, "D22", "dis_dq_covariate_ks", balance(smd)["ks_statistic"], feature=name)
        add(rows, "D22", "dis_dq_covariate_ks_p_value", balance(smd)["ks_pvalue"], feature=name)
    for treatment, share in (("0", round(1 - spec["treated"], 4)), ("1", spec["treated"])):
        add(rows, "D21", "dis_dq_treatment_ratio", share, treatment=treatment)
    for name, value in outcome(spec).items():
        if name != "count":
            metric = name.replace("_count", "_records") if "_" in name else name + "_dollars"
            add(rows, "D21", "dis_dq_outcome_" + metric, value)
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
    "D13": ["DISABTestUnderpowered"], "D14": ["DISABTestNearSignificance"], "D18": ["DISCalibrationDegraded"],
    "D19": ["DISModelDegraded"], "D26": ["DISPromotedWorseModel"], "D34": ["DISAPILatencyHigh"],
    "D9": ["DISCustomersScoredDrop", "DISNoScores", "DISScoresSchema"], "D10": ["DISDriftDetected"],
    "D11": ["DriftModerate", "DriftSevere"], "D15": ["DISOutputStale"], "D16": ["DISLogErrors"],
    "D17": ["DISFullRunOverdue", "DISFullRunNever"], "D20": ["DISNoProductionModel", "DISSeveralProductionModels"],
    "D21": ["DISDataQualityFailed"], "D22": ["DISCovariateImbalance"], "D23": ["DISPropensityOverlap"],
    "D25": ["DISRetrainOverdue"], "D29": ["DISRecommendationsDisabled"], "D30": ["DISModelRolledBack"],
    "D31": ["DISUpliftUnstable", "DISSegmentsReversed", "DISScoresNotANumber", "QualityNotJudged"],
    "D35": ["DISAPIFailing", "DISAPIErrorBudget", "ErrorBudgetExhausted", "DISAPILogNotRead", "DISEnhancedAPILogNotRead"],
    "D37": ["DISPipelineSlow", "DISPipelineOverdue"],
    "D38": ["DISNotifyFailing"], "D39": ["DISServiceDown"], "D43": ["DISBaselineStale"], "D46": ["DISScorePSI"],
}
OF_THE_AGENT = {"D10": ["LeewayFileTruncated"], "D16": ["LeewayLostBytes"], "D35": ["LeewaySeriesCapped"]}
FIRES = {
    "healthy": [],
    "dirty": ["DISLogErrors", "DISOutputStale", "LeewayFileTruncated", "LeewayLostBytes", "LeewaySeriesCapped"],
    "borderline": ["DISATEShiftNotice", "DISATEOutOfRange", "DISRefutationLow", "DISRefutationTestFailed"],
    "report_only": ["DISDriftDetected"],
    "incident": [
        "DISPipelineFailed", "DISPipelineDataProblem", "DISPipelineFailureUnresolved", "DISATEShift", "DISATEShiftNotice",
        "DISATEChanged", "DISATEOutOfRange", "DISRefutationLow", "DISRefutationCritical", "DISRefutationTestFailed",
        "DISCustomersScoredDrop", "DISDriftDetected", "DriftModerate", "DriftSevere", "DISLogErrors",
        "DISSeveralProductionModels", "DISDataQualityFailed", "DISCovariateImbalance", "DISPropensityOverlap",
        "DISRetrainOverdue", "DISModelRolledBack", "DISUpliftUnstable", "DISSegmentsReversed", "DISScoresNotANumber",
        "DISPipelineSlow", "DISPipelineOverdue", "DISNotifyFailing", "DISScorePSI", "DISAPIFailing", "DISAPIErrorBudget",
        "DISAPILatencyHigh", "DISABTestUnderpowered", "DISABTestNearSignificance", "DISCalibrationDegraded", "DISModelDegraded",
        "DISPromotedWorseModel"],
    # Without segments, checks of their order see nothing.
    "disabled": ["DISRecommendationsDisabled", "DISNoProductionModel", "DISATEChanged", "DISATEOutOfRange", "DISScorePSI",
                 "QualityNotJudged"],
    "silent": ["DISPipelineNotRun", "DISOutputStale", "DISFullRunOverdue", "DISRetrainOverdue", "DISBaselineStale"],
}


def scenario_truth(name, steps, day, now):
    rows = {}
    for part in (pipeline_truth, effect_truth, drift_truth, quality_truth):
        part(rows, day)
    written = {"drift": day.before if day.day["dirty"] else day, "refutation": day, "quality": day, "scores": day, "baseline": day.before or day}
    for source, writer in written.items():
        add(rows, "D15", "leeway_source_newest_file_timestamp_seconds", unix(writer.end), source=source)
        add(rows, "D42", "leeway_source_file_versions_total", 1 if writer is not day or not day.before else 2, source=source)
    for row, alerts in {row: alerts + OF_THE_AGENT.get(row, []) * (name == "dirty") for row, alerts in ALERTS.items()}.items():
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
        days[name] = Day(random.Random(seed), changes, FIRST_RUN + DAY, first, name)
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
            file.write_text(text, errors="surrogateescape")
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def shared(step, path):
    """Whether a step has a file of another step: a report without the rest of its day, and features that do not move."""
    return (step == "report_only" and "drift_report" not in path) or (step == "disabled" and "canonical" in path)


def parquet(text, target):
    """As pandas writes a table: non-numbers are null."""
    sys.path.append(str(HERE.parents[2] / "build/arrow"))
    try:
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        sys.exit("make_sample.py: no pyarrow to write Parquet with; deploy/install-arrow.sh installs it")
    # A thread of a pool that has just started aborts an interpreter that ends.
    alone = pyarrow.csv.ReadOptions(use_threads=False)
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(io.BytesIO(text.encode()), read_options=alone), target)


def place(target, text, written):
    """Writes a file as the service would have written it; the script of a database becomes one, a table becomes Parquet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".sql":
        target = target.with_suffix(".db")
        target.unlink(missing_ok=True)
        with sqlite3.connect(target) as database:
            database.executescript(text)
        database.close()
    elif target.suffix == ".csv":
        target = target.with_suffix(".parquet")
        parquet(text, target)
    else:
        target.write_text(expand(text), errors="surrogateescape")
    os.utime(target, (written, written))


def unpack(sample, step, directory):
    """Writes the files of a step over a directory."""
    truth = json.loads((sample.parent / "truth.json").read_text())
    folders = [sample / "healthy", sample / step] if step == "report_only" else [sample / step]
    for file in [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]:
        target = directory / file.relative_to(folders[0] if file.is_relative_to(folders[0]) else folders[-1])
        place(target, file.read_text(errors="surrogateescape"), truth["written"][step])


def healthy(days, directory, first=0):
    """Each day is a bit different; the model is trained again every four weeks, and the baseline of drift computed every week."""
    source, day = random.Random(20260101), None
    for number in range(first + days):
        changes = {"ate": round(source.uniform(45, 47), 2), "std": round(source.uniform(11.5, 12.5), 2),
                   "total": round(source.uniform(340, 480), 1), "trained_days_ago": (number + 20) % 28}
        day = Day(source, changes, HEALTHY_RUN + DAY * number, day, "healthy")
        files = day.files()
        if number % 7 == 0:
            files["data/outputs/baseline_stats.json"] = day.baseline()
        for path, text in files.items() if number >= first else ():
            place(directory / f"day-{number:03d}" / path, text, unix(day.end))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--days"]:
        healthy(int(sys.argv[2]), pathlib.Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    else:
        run(HERE, write, unpack)
