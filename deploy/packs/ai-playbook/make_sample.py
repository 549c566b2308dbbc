#!/usr/bin/env python3
"""Writes sample/, the files of a service with a model in the shapes that the pack expects, and truth.json, what a reader must find.

Simulated time: a night, and the next day for each scenario. The same seed gives the same bytes. A step of the sample is a
file with one line for each file of the service.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        unpack a step of the sample as the service would write it, with file times
       make_sample.py --days N DIRECTORY             write what the service writes in so many healthy days
"""

import bisect
import datetime
import json
import pathlib
import random
import sys
from collections import Counter, defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import normal, run, series, unix, write_steps  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MONDAY = datetime.datetime(2025, 8, 25)
SECOND, MINUTE, HOUR, DAY = (datetime.timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
NOW = MONDAY + 18 * HOUR
MODEL = "triage"
STEPS = ["prepare_data", "retrain_model", "test_model", "deploy_model"]
STATES = ["pending", "running", "succeeded", "failed", "skipped"]
REFERENCE, WINDOW = 600, 300
# name: (mean, deviation, smallest, largest, step). At most about a hundred values each, so that KS is exact.
COLUMNS = {"age": (41, 12, 18, 80, 1), "amount": (50, 15, 0, 100, 1), "score": (0.7, 0.1, 0, 1, 0.01)}
ACTIONS = {"retrain": "Triggered retraining pipeline.", "rollback": "Rolled back to the previous version.",
           "restart": "Restarted the service.", "fallback": "Switched to fallback model.", "other": "Opened a ticket."}
SCANS = 10_000  # types of errors, of which a metric holds 100 series

# The last day of each scenario; anything not named is as on a good day.
GOOD = {
    "accuracy": 0.92, "shift": {}, "stuck": False, "drift": 0.06, "fairness": 0.92, "status": "acceptable", "retraining": ["succeeded"] * 4,
    "triggers": [], "errors": [], "failed": [], "deployed": None, "arrived": None, "deprecated": False, "incomplete": False,
    "incidents": ["documented"], "dirty": False,
}
SCENARIOS = {
    "healthy": {},
    "borderline": {"accuracy": 0.85, "shift": {"score": 0.55}, "drift": 0.1, "fairness": 0.9, "errors": ["other"], "incidents": ["notified", "resolved"]},
    "incident": {"accuracy": 0.78, "shift": {"age": 1.0, "amount": 0.4, "score": -0.9}, "stuck": True, "drift": 0.14, "fairness": 0.87, "retraining": ["succeeded", "succeeded", "failed", "pending"],
                 "triggers": ["model_drift", "new_data_available", "performance_degradation"], "errors": list(ACTIONS),
                 "failed": ["slack", "PagerDuty"], "deployed": "1.10", "arrived": "v8", "deprecated": True, "incomplete": True,
                 "incidents": ["late", "detected", "resolved", "forgotten"]},
    "stale": {"fairness": 0.87, "status": "acceptable"},
    "dirty": {"dirty": True},
}


def written(moment, index=0):
    """As services write times: all are those of UTC, and not all say so."""
    return moment.isoformat() + ("Z", "+00:00", "")[index % 3]


class Step:
    """The files of a step in the order in which they are written, and what a reader sees of them: records by source."""

    def __init__(self, before=None):
        self.files = []
        self.records = defaultdict(list, {name: list(all) for name, all in before.records.items()} if before else {})
        self.counts = Counter(before.counts if before else {})

    def put(self, path, text, moment):
        self.files.append({"path": path, "time": unix(moment), "text": text if isinstance(text, str) else json.dumps(text)})

    def line(self, path, record):
        """A line of a log. Lines of one log that follow one another are one entry."""
        if not self.files or self.files[-1].get("append") != path or "count" in self.files[-1]:
            self.files.append({"append": path, "text": ""})
        self.files[-1]["text"] += (record if isinstance(record, str) else json.dumps(record)) + "\n"

    def count(self, row, name, number=1, /, **labels):
        self.counts[row, series(name, **labels)] += number


def predict(step, source, moment, index, accuracy, version, shift):
    values = {}
    for name, (mean, deviation, low, high, unit) in COLUMNS.items():
        value = min(max(round((mean + deviation * (normal(source) + shift.get(name, 0))) / unit) * unit, low), high)
        values[name] = int(value) if unit == 1 else round(value, 2)
    record = {"timestamp": written(moment, index), "model": MODEL, "version": version, "prediction": "spam", "label": "spam",
              "group": "AB"[index % 2], **values}
    if index % 5 == 4:  # not known yet
        record["label"] = None
        if index % 2:
            del record["label"]
    elif (index * 7919 % 100) / 100 >= accuracy:
        record["label"] = "ham"
    step.line("logs/predictions.jsonl", record)
    step.records["predictions"].append((unix(moment), record))
    known = record.get("label")
    outcome = "unknown" if known is None else "right" if known == "spam" else "wrong"
    step.count("P1", "model_predictions_total", model=MODEL, version=version, outcome=outcome)


def event(step, moment, row, metric, labels, **fields):
    step.line("logs/events.jsonl", {"timestamp": written(moment, len(fields)), **fields})
    step.records["events"].append(unix(moment))
    if "deployed_version" in fields:
        step.records["deployed"].append((unix(moment), None))
    if fields.get("trigger") == "performance_degradation":
        step.records["degraded"].append(unix(moment))
    if metric:
        step.count(row, metric, **labels)


def retraining(step, moment, run, statuses):
    """A run in the log, up to the step that fails or that does not end, which is None."""
    event(step, moment, "P10", None, {}, run_id=run, retraining_status="started")
    for index, (name, status) in enumerate(zip(STEPS, statuses)):
        if status == "pending":
            break
        event(step, moment, "P10", None, {}, run_id=run, retraining_step=name, step_status="started")
        step.records["steps"].append((run, name, unix(moment), status))
        if status is None:
            return
        moment += (index + 1) * MINUTE
        event(step, moment, "P10", None, {}, run_id=run, retraining_step=name, step_status=status)
        step.count("P10", "retraining_ended_total", step=name, outcome="success" if status == "succeeded" else "failure")
        step.count("P10", "retraining_duration_seconds_sum", 60 * (index + 1), step=name)
    status = "failed" if "failed" in statuses else "succeeded"
    event(step, moment, "P10", "retrain_runs_total", {"status": status}, run_id=run, retraining_status=status)
    step.count("P10", "retraining_ended_total", step="all", outcome="success" if status == "succeeded" else "failure")
    if status == "succeeded":
        step.records["retrained"].append((unix(moment), None))


def incident(step, moment, number, stage):
    """How far an incident has come: detected, notified, diagnosed, late (diagnosed, hours ago), resolved, forgotten (resolved long
    ago), documented."""
    detected = moment - {"late": 5 * HOUR, "forgotten": 30 * HOUR, "documented": 3 * HOUR}.get(stage, 20 * MINUTE)
    record = {"incident_id": f"INC-{number}", "severity": "critical" if number % 2 else "warning", "error_type": "model_drift",
              "detected_at": written(detected, number), "notified_at": None, "diagnosed_at": None, "resolved_at": None}
    depth = {"detected": 0, "notified": 1, "diagnosed": 2, "late": 2, "resolved": 3, "forgotten": 3, "documented": 4}[stage]
    for index, name in enumerate(["notified_at", "diagnosed_at", "resolved_at", "documented_at"][:depth]):
        record[name] = written(detected + (index + 1) * MINUTE, number)
    step.put(f"incidents/INC-{number}.json", record, moment)
    step.records["incidents"].append((unix(detected), record, depth))
    if depth == 4:
        step.count("P15", "incidents_total", type="model_drift", severity=record["severity"])
        step.count("P15", "incident_time_to_resolve_seconds_count")
        step.count("P15", "incident_time_to_resolve_seconds_bucket", le="300")


def reports(step, moment, day, version):
    step.put("config/thresholds.yaml", "drift_thresholds:\n  accuracy: 0.85\n  drift: 0.10\n", moment)
    step.put("reports/evaluation.json", {"model": MODEL, "version": version, "evaluated_at": written(moment),
                                         "metrics": {"accuracy": day["accuracy"], "f1": 0.88}}, moment)
    step.put("reports/drift.json", {"features": {name: {"score": day["drift"] if name == "age" else 0.03, "method": "psi"} for name in COLUMNS}}, moment)
    for name, value in (("equal_opportunity", day["fairness"]), ("demographic_parity", 0.95)):
        step.put(f"reports/fairness/{name}.json", {"metric": name, "value": value, "threshold": 0.9, "status": day["status"]}, moment)
    steps = [{"name": name, "status": status, "started_at": None if status == "pending" else written(moment),
              "duration_seconds": None if status == "pending" else 60 * (index + 1)}
             for index, (name, status) in enumerate(zip(STEPS, day["retraining"]))]
    step.put("retraining/status.json", {"run_id": "r-17", "started_at": written(moment - HOUR), "steps": steps}, moment)
    models = [{"name": MODEL, "version": name, "stage": stage, "deployment_date": f"2025-0{month}-01", "metrics": {"accuracy": 0.9}}
              for name, stage, month in (("1.8", "deprecated", 5), ("1.9", "production", 7))]
    if version == "1.10":
        models[1]["stage"] = "archived"
        models.append({"name": MODEL, "version": "1.10", "stage": "production", "deployment_date": "2025-08-25T16:00:00Z", "metrics": {"accuracy": 0.9}})
    if day["incomplete"]:
        models.append({"name": "summary", "version": "0.1", "stage": "staging", "deployment_date": None, "metrics": {}})
    step.put("registry/models.json", {"models": models}, moment)
    step.records["reports"].append((unix(moment), {"moment": unix(moment), "day": day, "models": models, "steps": steps, "started": unix(moment - HOUR), "version": version}))


def dataset(step, moment, version):
    step.put(f"data/manifests/tickets_{version}.json", {"dataset": "tickets", "version": version, "created_at": written(moment, 1),
                                                        "records": 1000 + len(step.records["datasets"])}, moment)
    step.records["datasets"].append((unix(moment), version, 1000 + len(step.records["datasets"])))
    step.count("P24", "dataset_versions_total", dataset="tickets")


def dirty(step, moment):
    """What breaks readers: the values stay those of a good day."""
    step.put("reports/fairness/cut.json", '{"metric": "cut", "value": 0.', moment)
    step.put("incidents/INC-99.json", "", moment)
    step.line("logs/predictions.jsonl", '{"timestamp": "2025-08-25T17:59:00Z", "model": "tri')
    step.line("logs/predictions.jsonl", "Killed")
    step.files.append({"rename": "logs/events.jsonl", "to": "logs/events.jsonl.1"})
    event(step, moment - DAY, "P12", None, {}, note="the clock went back")
    step.files.append({"append": "logs/events.jsonl", "repeat": 1_100_000, "text": "\n"})
    step.files.append({"append": "logs/events.jsonl", "bytes": b'{"timestamp": "2025-08-25T17:59:10Z", "note": "caf\xe9"}\n'.hex()})
    step.files.append({"append": "logs/events.jsonl", "count": SCANS, "text": '{"timestamp": "2025-08-25T17:59:20Z", "error_type": "scan_%d"}\n'})


# --- The days ---------------------------------------------------------------------------------------------------------


def zeros(step):
    for row, name, labels in (
            [("P9", "retrain_triggers_total", {"reason": reason}) for reason in ("drift", "new_data", "performance", "other")]
            + [("P10", "retrain_runs_total", {"status": status}) for status in ("succeeded", "failed", "other")]
            + [("P16", "notifications_total", {"channel": channel, "result": result})
               for channel in ("slack", "pagerduty", "other") for result in ("delivered", "failed")]):
        step.count(row, name, 0, **labels)


def first():
    """From Sunday evening on."""
    source, step = random.Random(20250824), Step()
    zeros(step)
    for index in range(REFERENCE + WINDOW):
        predict(step, source, MONDAY - 6 * HOUR + index * 36 * SECOND, index, 0.92, "1.9", {})
    retraining(step, MONDAY - 5 * HOUR, "r-16", ["succeeded"] * 4)
    event(step, MONDAY - 4 * HOUR, "P12", "model_deployments_total", {"model": MODEL, "version": "1.9"}, model=MODEL, deployed_version="1.9")
    event(step, MONDAY - 3 * HOUR, "P16", "notifications_total", {"channel": "slack", "result": "delivered"}, channel="slack", result="delivered")
    event(step, MONDAY - 2 * HOUR, "P17", "ai_error_events_total", {"error_type": "model_drift", "action_taken": "retrain"},
          error_type="model_drift", details="Accuracy dropped below threshold (0.85).", action_taken=ACTIONS["retrain"])
    event(step, MONDAY - 2 * HOUR, "P17", "ai_error_events_total", {"error_type": "service_unavailable", "action_taken": "restart"},
          error_type="service_unavailable", details="", action_taken=ACTIONS["restart"])
    incident(step, MONDAY - HOUR, 1, "documented")
    dataset(step, MONDAY - 9 * DAY, "v7")
    reports(step, MONDAY - HOUR, GOOD, "1.9")
    return step


def last(name, changes, before):
    """Monday, up to six in the evening."""
    source, day, step = random.Random(name), GOOD | changes, Step(before)
    version = day["deployed"] or "1.9"
    for index in range(2 * WINDOW):
        serving = "1.8" if day["deprecated"] and index % 3 == 0 else version
        accuracy = day["accuracy"] if 3 * index >= 2 * WINDOW else 0.92  # up to an hour ago all was well
        predict(step, source, NOW - 90 * MINUTE + index * 9 * SECOND, index, accuracy, serving, day["shift"])
    moment = MONDAY + 17 * HOUR
    if day["stuck"]:
        retraining(step, MONDAY + 10 * HOUR, "r-15", ["succeeded", None])
    retraining(step, moment - HOUR, "r-17", day["retraining"])
    for trigger, reason in zip(day["triggers"], ("drift", "new_data", "performance")):
        event(step, moment, "P9", "retrain_triggers_total", {"reason": reason}, trigger=trigger, details="by a monitor")
    for action in day["errors"]:
        kind = "latency" if action == "other" and name == "borderline" else "model_drift"
        event(step, moment, "P17", "ai_error_events_total", {"error_type": kind, "action_taken": action}, error_type=kind, action_taken=ACTIONS[action])
    for channel in day["failed"]:
        event(step, moment, "P16", "notifications_total", {"channel": channel.lower(), "result": "failed"}, channel=channel, result="error", status=500)
    if day["deployed"]:
        event(step, moment, "P12", "model_deployments_total", {"model": MODEL, "version": version}, model=MODEL, deployed_version=version)
    if day["arrived"]:
        dataset(step, moment, day["arrived"])
    for number, stage in enumerate(day["incidents"], 2):
        incident(step, NOW, number, stage)
    reports(step, moment, day, version)
    if day["dirty"]:
        dirty(step, NOW - MINUTE)
    return step


# --- What must be found -----------------------------------------------------------------------------------------------


def unix_of_last_event(step):
    return max(step.records["events"])


def in_window(records, over, step, end=None):
    end = end or max(time for time, _ in records)
    start = (end // step + 1) * step - over
    return [record for time, record in records if time >= start], [record for time, record in records if time < start]


def accuracy(records):
    known = [record["label"] == record["prediction"] for record in records if record.get("label") is not None]
    return sum(known) / len(known), len(known)


def ks(reference, window):
    reference, window = sorted(reference), sorted(window)
    return max(abs(bisect.bisect_right(reference, value) / len(reference) - bisect.bisect_right(window, value) / len(window))
               for value in reference + window)


def performance(step, add, absent):
    recent, history = in_window(step.records["predictions"], 3600, 20)
    add("P1", "model_accuracy_ratio", accuracy(recent)[0], model=MODEL)
    add("P1", "model_accuracy_samples", accuracy(recent)[1], model=MODEL)
    add("P5", "model_accuracy_usual_ratio", accuracy(history)[0], model=MODEL)
    for version, count in Counter(record["version"] for record in recent).items():
        add("P19", "model_serving_predictions", count, model=MODEL, version=version)
    for name in COLUMNS:
        values = [record[name] for _, record in step.records["predictions"]]
        row, drift = ("P4", "outputs") if name == "score" else ("P2", "features")
        add(row, "leeway_drift_score", ks(values[:REFERENCE], values[-WINDOW:]), drift=drift, column=name, method="ks")


def files(step, add, absent):
    _, report = step.records["reports"][-1]
    day, version = report["day"], report["version"]
    add("P1", "model_threshold_ratio", 0.85, kind="accuracy")
    add("P2", "model_threshold_ratio", 0.1, kind="drift")
    add("P5", "model_performance", day["accuracy"], metric="accuracy", model=MODEL, version=version)
    for name in COLUMNS:
        add("P2", "model_drift_score", day["drift"] if name == "age" else 0.03, feature=name, method="psi")
    add("P3", "model_fairness_value", day["fairness"], metric="equal_opportunity")
    add("P3", "model_fairness_threshold", 0.9, metric="equal_opportunity")
    add("P3", "model_fairness_margin", day["fairness"] - 0.9, metric="equal_opportunity")
    add("P3", "model_fairness_ok", int(day["status"] == "acceptable"), metric="equal_opportunity")
    for found in report["steps"]:
        for state in STATES:
            add("P10", "retrain_step_status", int(state == found["status"]), step=found["name"], state=state)
        if found["duration_seconds"] is None:
            absent("P10", "retrain_step_duration_seconds", step=found["name"])
        else:
            add("P10", "retrain_step_duration_seconds", found["duration_seconds"], step=found["name"])
    add("P10", "retrain_started_timestamp_seconds", report["started"])
    add("P10", "retrain_last_success_timestamp_seconds", max(time for time, _ in step.records["retrained"]))
    open_steps = [(name, time) for _, name, time, status in step.records["steps"] if status is None]
    add("P10", "retraining_in_progress", len(open_steps), step="all")
    add("P10", "retraining_overdue", len(open_steps), step="all")
    for name, time in open_steps:
        add("P10", "retraining_oldest_start_timestamp_seconds", time, step=name)
        add("P10", "retraining_overdue", 1, step=name)
    absent("P10", "retraining_oldest_start_timestamp_seconds", step="prepare_data")
    add("P6", "leeway_source_newest_file_timestamp_seconds", report["moment"], source="fairness")
    deployed = [time for time, _ in step.records["deployed"]]
    add("P12", "model_deployments_watched", len(in_window(step.records["deployed"], 6 * 3600, 120, unix_of_last_event(step))[0]), model=MODEL)
    add("P25", "model_last_deployment_timestamp_seconds", max(deployed))
    if step.records["degraded"]:
        add("P25", "model_degradation_timestamp_seconds", max(step.records["degraded"]))
    else:
        absent("P25", "model_degradation_timestamp_seconds")
    for model in report["models"]:
        add("P18", "model_info", 1, model=model["name"], version=model["version"], stage=model["stage"])
        if model["metrics"]:
            add("P18", "model_registry_metric", 0.9, model=model["name"], version=model["version"], metric="accuracy")
        else:
            absent("P18", "model_deployed_timestamp_seconds", model=model["name"], version=model["version"])
    add("P12", "model_info", 1, model=MODEL, version=version, stage="production")
    add("P18", "leeway_quality_check_passed", int(not day["incomplete"]), quality="registry", check="metadata")
    for time, version, _ in step.records["datasets"]:
        add("P19", "data_version_info", 1, dataset="tickets", version=version)
    time, _, records = step.records["datasets"][-1]
    add("P24", "dataset_last_arrival_timestamp_seconds", time, dataset="tickets")
    add("P24", "dataset_new_records", records, dataset="tickets")


def incidents(step, add, absent):
    for detected, record, depth in step.records["incidents"]:
        labels = {"incident_id": record["incident_id"], "severity": record["severity"]}
        state = ("detected", "notified", "diagnosed")[min(depth, 2)]
        if depth < 3:
            add("P15", "incident_open_timestamp_seconds", detected, state=state, **labels)
        else:
            absent("P15", "incident_open_timestamp_seconds", state=state, **labels)
        if depth == 3:
            add("P15", "incident_undocumented_timestamp_seconds", detected + 180, **labels)
        else:
            absent("P15", "incident_undocumented_timestamp_seconds", **labels)


ALERTS = {
    "P1": ["ModelAccuracyLow"], "P2": ["ModelDrift", "DriftModerate", "DriftSevere"], "P3": ["ModelFairnessBelowThreshold"],
    "P4": ["ModelOutputDriftModerate", "ModelOutputDriftSevere"], "P5": ["ModelPerformanceDegraded"], "P6": ["BiasAuditOverdue"],
    "P9": ["RetrainTriggered", "RetrainConditionHolds"], "P10": ["RetrainStepFailed", "RetrainOverdue"],
    "P12": ["ModelDeployed", "DeployedModelWorse"], "P25": ["ModelUpdateOverdue"],
    "P15": ["IncidentNotAcknowledged", "IncidentNotResolved", "IncidentNotDocumented"], "P16": ["NotificationFailed"],
    "P17": ["ModelDriftEvent"], "P18": ["ModelRegistryIncomplete"], "P19": ["DeprecatedModelServing"], "P24": ["NewDataAvailable"],
}
FIRES = {
    "healthy": [], "dirty": [], "stale": ["ModelFairnessBelowThreshold"], "silent": ["BiasAuditOverdue"],
    "borderline": ["ModelPerformanceDegraded", "ModelOutputDriftModerate"],
    "incident": [name for names in ALERTS.values() for name in names
                 if name not in ("BiasAuditOverdue", "ModelUpdateOverdue", "ModelOutputDriftModerate")],
}
# Of the dirty day, beside what the others have: what could not be read.
LOST = {
    series("leeway_source_rejected_file_versions_total", source="fairness", reason="truncated"): 1,
    series("leeway_source_rejected_file_versions_total", source="incidents", reason="empty"): 1,
    series("leeway_source_rejected_lines_total", source="predictions", reason="truncated"): 1,
    series("leeway_source_rejected_lines_total", source="predictions", reason="not_an_object"): 1,
    series("leeway_source_rejected_lines_total", source="events", reason="too_long"): 1,
    series("leeway_source_late_records_total", source="events"): 1,
    series("leeway_source_anomalies_total", source="events", kind="invalid_utf8"): 1,
    series("leeway_metric_overflowed_records_total", metric="ai_error_events_total"): SCANS - (100 - 2),
}


def scenario(name, steps, step, now):
    rows = defaultdict(lambda: {"values": {}, "absent": []})

    def add(row, metric, value, /, **labels):
        rows[row]["values"][series(metric, **labels)] = value

    def absent(row, metric, /, **labels):
        rows[row]["absent"].append(series(metric, **labels))
    for part in (performance, files, incidents):
        part(step, add, absent)
    for (row, key), count in step.counts.items():
        rows[row]["values"][key] = count
    for row, names in ALERTS.items():
        rows[row]["fires"] = [alert for alert in names if alert in FIRES[name]]
        rows[row]["quiet"] = [alert for alert in names if alert not in FIRES[name]]
    truth = {"steps": steps, "now": unix(now), "rows": dict(sorted(rows.items(), key=lambda item: int(item[0][1:])))}
    return truth | ({"lost": LOST} if name == "dirty" else {})


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(directory):
    begin = first()
    steps = {"first": begin} | {name: last(name, changes, begin) for name, changes in SCENARIOS.items()}
    truth = {"scenarios": {name: scenario(name, ["first", name], steps[name], NOW) for name in SCENARIOS}}
    truth["scenarios"]["silent"] = scenario("silent", ["first"], begin, MONDAY + 40 * DAY)
    del truth["scenarios"]["silent"]["rows"]["P5"]["values"][series("model_accuracy_usual_ratio", model=MODEL)]  # of parts of minutes
    write_steps(directory, {name: step.files for name, step in steps.items()}, truth)


if __name__ == "__main__":
    run(HERE, write)
