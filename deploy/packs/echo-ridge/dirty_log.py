"""A healthy log of the scoring service with what can be wrong with a file, in two steps, between which the agent restarts: half a
line, lines that were cut off, a rotation, a clock that goes back, a line of a megabyte, bytes that are not UTF-8, and 10,000 names
of keys, of which a metric takes 200. Used by make_sample.py."""

import json
import random
from collections import Counter

import hybrid_lines as lines
from make_sample import REQUEST_BOUNDS, SEED, Truth, health, request, series
from sample_steps import write_steps
from service_log import VERSION, Log

REQUESTS = 240
NAMES, TAKEN = 10_000, 200
# The limit of the names, and the line that is too long.
FIRES = ["LeewayLostBytes", "LeewaySeriesCapped"]


class LongTruth(Truth):
    """Of a log that is longer than the window of blends, an hour by steps of 20 s."""

    def __init__(self):
        super().__init__()
        self.log, self.events, self.absent = None, [], []

    def share(self, name, good, **labels):
        self.events.append((self.log.now.timestamp(), name, good, labels))

    def windows(self, now):
        for moment, name, good, labels in self.events:
            if name != "echo_blend_flagged" or moment // 20 > now // 20 - 180:
                super().share(name, good, **labels)
        return super().windows(now)


class File:
    """What is written to the log, step by step, as entries of a sample."""

    def __init__(self, log):
        self.log, self.steps, self.name = log, {"first": [], "dirty": []}, "first"

    def add(self, **entry):
        self.steps[self.name].append({"append": "app.log", **entry})

    def flush(self):
        if self.log.lines:
            self.add(text="".join(line + "\n" for line in self.log.lines))
        self.log.lines.clear()

    def restart(self):
        """The agent ends and starts again after half of a line."""
        last = self.log.lines.pop() + "\n"
        self.flush()
        self.add(text=last[: len(last) // 2])
        self.name = "dirty"
        self.add(text=last[len(last) // 2 :])


def answer(log, truth, key, count=1):
    """Requests with a key, at one time; {} in the name of the key is the number of each."""
    body = {"event_type": "request_end", "message": "POST /score completed", "endpoint": "/score", "method": "POST",
            "request_id": None, "status_code": 200, "duration_ms": 31.5, "api_key_id": key, "level": "info",
            "timestamp": log.stamp(), "service": "echo-ridge-scoring", "version": VERSION, "component": "api"}
    truth.records += count
    for bound in REQUEST_BOUNDS:
        truth.count("http_request_duration_seconds_bucket", count * (0.0315 <= bound), le=f"{bound:.10g}", endpoint="/score", method="POST")
    truth.count("http_request_duration_seconds_bucket", count, le="+Inf", endpoint="/score", method="POST")
    truth.count("http_request_duration_seconds_count", count, endpoint="/score", method="POST")
    truth.count("http_request_duration_seconds_sum", count * 0.0315, endpoint="/score", method="POST")
    truth.count("http_requests_total", count, endpoint="/score", method="POST", status=200)
    truth.count("echo_version_requests_total", count, version=VERSION, result="answered")
    truth.count("echo_feature_usage_total", count, feature="score_one")
    for slo in truth.slo.values():
        slo["events"] += count
    return json.dumps(body)


def names(log, truth):
    """10,000 names of keys: those beyond the limit count together."""
    known = sum(key.startswith("echo_api_key_requests_total") for key in truth.values)
    for number in range(TAKEN - known):
        truth.count("echo_api_key_requests_total", key_id=f"key-{number}")
    beyond = NAMES - (TAKEN - known)
    truth.count("echo_api_key_requests_total", beyond, overflow="true")
    truth.absent = [series("echo_api_key_requests_total", key_id=f"key-{number}") for number in (TAKEN - known, NAMES - 1)]
    return answer(log, truth, "key-%d", NAMES) + "\n"


def spoil(file, truth, number):
    log = file.log
    if number == 140:
        log.bad_line("no_format", '{"event_type": "request_end", "message": "POST /score comp')
        log.bad_line("no_format", '2025-08-25 19:58:20,114 - echo_ridge_scoring.monitoring - INFO - {"event_type": "re')
    if number == 160:
        file.flush()
        file.steps["dirty"].append({"rename": "app.log", "to": "app-1.log"})
    if number == 170:
        file.flush()
        file.add(repeat=1_100_000, text="\n")
        truth.rejects["too_long"] += 1
    if number == 180:
        before, after = answer(log, truth, "caf|").split("|")
        truth.count("echo_api_key_requests_total", key_id="caf\ufffd")
        file.flush()
        file.add(text=before)
        file.add(bytes="e9", text=after + "\n")
    if number in (190, 200):  # of processes whose clocks are behind, the second by more than records may be late
        back = 600 if number == 190 else 3720
        log.pass_time(-back)
        log.text(lines.ADAPTER, "warning", "ops.services_count set to 1 - no explicit service count found")
        log.pass_time(back)
        truth.count("echo_adapter_warnings_total", category="missing_quantitative")
    if number == 220:
        file.flush()
        file.add(text=names(log, truth), count=NAMES)


def write(directory):
    truth, rng = LongTruth(), random.Random(SEED + 1)
    log = truth.log = Log(truth, rng)
    file = File(log)
    lines.Batch(log, truth, 1400, 1400)
    for number in range(REQUESTS):
        log.pass_time(20 * rng.uniform(0.2, 1.8))
        log.catch_up()
        if number % 40 == 0:
            lines.pool(log, truth, 2)
            health(log, "healthy", "healthy")
        request(log, truth, rng, number + (60 if 20 <= number < 80 else 400), False)  # no access to data for 20 minutes
        if number == REQUESTS // 2:
            file.restart()
        spoil(file, truth, number)
    file.flush()
    truth.values |= Counter({series("echo_health_status", state=state): int(state == "healthy") for state in ("healthy", "degraded", "unhealthy")}
                            | {"echo_component_database_healthy": 1, "echo_component_scoring_engine_healthy": 1})
    result = truth.to_json(log.now.timestamp(), FIRES)
    result["absent"] = truth.absent
    result["lost"] = {series("leeway_source_rejected_lines_total", source="app", reason=reason): count for reason, count in result.pop("rejects").items()}
    result["lost"] |= {series("leeway_source_anomalies_total", source="app", kind="invalid_utf8"): 1,
                       series("leeway_metric_overflowed_records_total", metric="echo_api_key_requests_total"):
                           truth.values[series("echo_api_key_requests_total", overflow="true")],
                       series("leeway_source_late_records_total", source="app"): 1}
    directory.mkdir(exist_ok=True)
    write_steps(directory, file.steps, result)
