#!/usr/bin/env python3
"""Writes sample.log, a log of the scoring service in its real shape, and truth.json, what a reader must count in it.

Half an hour of traffic with ten bad minutes, and every pitfall that the pack lists; and dirty/, a healthy log with what can be
wrong with a file (dirty_log.py). The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                      (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY          write a step of dirty/ over a directory
       make_sample.py --days N DIRECTORY [FIRST]       write N healthy days, from day FIRST on, as DIRECTORY/app.log
"""

import datetime
import importlib
import json
import pathlib
import random
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hybrid_lines as lines  # noqa: E402
from sample_steps import unpack  # noqa: E402
from service_log import VERSION, Log, performance  # noqa: E402

SEED = 20250825
REQUESTS = 720
SECONDS_BETWEEN_REQUESTS = 2.5
INCIDENT = range(400, 640)  # the requests that fail or are slow

ENDPOINTS = [("/score", "POST", 80), ("/score/batch", "POST", 12), ("/stats", "GET", 5), ("/healthz", "GET", 3)]
FEATURES = {"/score": "score_one", "/score/batch": "score_batch", "/stats": "statistics"}
REQUEST_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5]
BYTE_BOUNDS = [256, 1024, 4096, 16384, 65536, 262144, 1048576]
SCORING_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
BATCH_BOUNDS = [1, 10, 50, 100, 250, 499, 750, 999]
KEYS = ["acme-production", "globex", "initech-test"]
HEALTHY_START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
HEALTHY_RATE = 0.1  # requests a second
# The alerts that fire in the half hour, or soon after it if nothing else comes.
FIRES = [
    "DatabaseSlowQueries", "DriftDetected", "EchoAdapterFailureRate", "EchoAdapterSlow", "EchoBatchFailed",
    "EchoBatchThroughputLow", "EchoBlendSlow", "EchoDBDown", "EchoDivergenceNotice", "EchoErrorRateNotice",
    "EchoNormContextStale", "EchoP95High", "EchoUnhealthy", "ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketSlow", "HighErrorRate",
    "HighLatency",
]


def series(name, **labels):
    if not labels:
        return name
    return name + "{" + ",".join(f'{key}="{labels[key]}"' for key in sorted(labels)) + "}"


class Truth:
    """What the pack's metrics must show: counted from the written records, not from the configuration."""

    def __init__(self):
        self.values = Counter()
        self.rejects = Counter()
        self.slo = {name: Counter() for name in ("availability", "latency_p99", "latency_p95")}
        self.records = 0
        self.batches = []  # in progress
        self.progress = []  # times of progress
        self.audits = []
        self.shares = {}

    def share(self, name, good, **labels):
        """An event of a share over the whole log."""
        counts = self.shares.setdefault((name, tuple(labels.items())), Counter())
        counts["events"] += 1
        counts["good"] += good

    def start_batch(self, begin):
        self.batches.append(begin)

    def end_batch(self, begin, end, good):
        self.batches.remove(begin)
        self.count("echo_batch_ended_total", outcome="success" if good else "failure")
        self.values[f"echo_batch_last_{'success' if good else 'failure'}_timestamp_seconds"] = end
        self.observe("echo_batch_duration_seconds", end - begin, lines.RUN_BOUNDS)

    def windows(self, now):
        """What the windows of the pack hold at the end: all of the log, but for that of ten minutes, whose steps are of 4 s."""
        result = {"echo_batch_recent_hundreds": sum(at // 4 > now // 4 - 150 for at in self.progress),
                  "audit_gap_seconds": max(after - before for before, after in zip(self.audits, self.audits[1:])),
                  "audit_gap_samples": len(self.audits), "echo_batch_in_progress": len(self.batches)}
        if self.batches:
            result["echo_batch_oldest_start_timestamp_seconds"] = min(self.batches)
        for (name, labels), counts in self.shares.items():
            result[series(name + "_samples", **dict(labels))] = counts["events"]
            if counts["events"] >= 20:
                result[series(name + "_ratio", **dict(labels))] = counts["good"] / counts["events"]
        return result

    def count(self, name, amount=1, **labels):
        self.values[series(name, **labels)] += amount

    def observe(self, name, value, bounds, **labels):
        for bound in bounds:
            self.values[series(name + "_bucket", le=f"{bound:.10g}", **labels)] += value <= bound
        self.values[series(name + "_bucket", le="+Inf", **labels)] += 1
        self.values[series(name + "_count", **labels)] += 1
        self.values[series(name + "_sum", **labels)] += value

    def judge(self, slo, good):
        self.slo[slo]["events"] += 1
        self.slo[slo]["bad"] += not good

    def request(self, endpoint, method, status, ms):
        self.count("http_requests_total", endpoint=endpoint, method=method, status=status)
        self.count("echo_version_requests_total", version=VERSION, result="failed" if status >= 500 else "answered")
        self.judge("availability", status < 500)
        if endpoint in FEATURES:
            self.count("echo_feature_usage_total", feature=FEATURES[endpoint])
        if status >= 400:
            self.count("echo_errors_total", error_type="http_5xx" if status >= 500 else "http_4xx", component="api")
        if ms is None:
            return
        self.observe("http_request_duration_seconds", ms / 1000, REQUEST_BOUNDS, endpoint=endpoint, method=method)
        self.judge("latency_p99", ms < 150)
        self.judge("latency_p95", ms < 100)
        if ms > 100:
            self.count("echo_slow_requests_total", gt="500ms" if ms > 500 else "100ms")

    def to_json(self, now, fires):
        values = dict(self.values) | self.windows(now) | {series("echo_build_info", version=VERSION): 1}
        for gt in ("100ms", "500ms"):
            values.setdefault(series("echo_slow_requests_total", gt=gt), 0)
        objectives = {"availability": 0.999, "latency_p99": 0.99, "latency_p95": 0.95}
        for name, counts in self.slo.items():
            burn = counts["bad"] / counts["events"] / (1 - objectives[name])
            values[series("leeway_slo_events_total", slo=name)] = counts["events"]
            values[series("leeway_slo_bad_events_total", slo=name)] = counts["bad"]
            values[series("leeway_slo_objective_ratio", slo=name)] = objectives[name]
            # The whole log fits in a day, so the rate over a day is the rate over all of it.
            values[series("leeway_slo_burn_rate", slo=name, window="1d")] = burn
            values[series("leeway_slo_error_budget_remaining_ratio", slo=name)] = 1 - burn
        return {"records": self.records, "rejects": dict(sorted(self.rejects.items())), "now": now, "fires": fires,
                "values": dict(sorted(values.items()))}


def score(log, truth, rng, number):
    company = f"acme-corp-{number % 97:03d}"
    ms = round(rng.lognormvariate(1.2, 0.6), 3)
    log.record("scoring_engine", "info", "Operation score_company started", "scoring_start",
               operation_name="score_company", company_id=company)
    log.pass_time(ms / 1000)
    if rng.random() < 0.01:
        log.record("scoring_engine", "error", "Operation score_company failed", error_type="ValueError",
                   error_message="pagespeed out of range", operation_name="score_company",
                   error_traceback="Traceback (most recent call last):\n  ...\nValueError: pagespeed out of range\n")
        truth.count("echo_errors_total", error_type="ValueError", component="scoring_engine")
        log.record("scoring_engine", "info", "Operation score_company completed", "scoring_end",
                   **performance("score_company", ms, False, log.now, company_id=company,
                                 error_message="pagespeed out of range"))
    elif rng.random() < 0.05:
        log.record("scoring_engine", "info", "Company scored", "scoring_end", operation_name="score_company",
                   success=True, company_id=company, metadata={
                       "version": {"api": "1.0.0", "engine": "1.0.0", "weights": "1.0"}, "processing_time_ms": ms})
        truth.count("echo_companies_scored_total")
    else:
        log.record("scoring_engine", "info", "Operation score_company completed", "scoring_end",
                   **performance("score_company", ms, True, log.now, company_id=company))
        truth.count("echo_companies_scored_total")
    truth.observe("echo_scoring_duration_seconds", ms / 1000, SCORING_BOUNDS)


def run_batch(log, truth, rng):
    size = rng.choice([3, 40, 120, 480, 500, 750, 999, 1000])
    ms = round(size * rng.uniform(3, 6), 3)
    log.record("batch_processor", "info", "Operation score_batch completed", "scoring_end",
               **performance("score_batch", ms, True, log.now, input_size=size, output_size=size))
    truth.observe("echo_batch_size", size, BATCH_BOUNDS)
    truth.count("echo_large_batches_total", size >= 500)


def hybrid(log, truth, rng, number, hard):
    """What follows a scored company: a blend with the AI's score after its conversion, the database, the audit log."""
    company = f"acme-corp-{number % 97:03d}"
    if number % 3 == 0 and lines.convert(log, truth, rng, company, hard):
        lines.blend(log, truth, rng, company, hard)
    if number % (2 if hard else 5) == 0:
        lines.store(log, truth, rng, performance, hard)
    if number % 4 == 1 and number not in range(60, 380):  # for more than ten minutes there is no access
        lines.audit(log, truth, "write" if number % 8 == 1 else "read", company)


def request(log, truth, rng, number, hard):
    endpoint, method, _ = rng.choices(ENDPOINTS, [weight for _, _, weight in ENDPOINTS])[0]
    log.correlation = f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}-41d4-a716-{rng.getrandbits(48):012x}"
    status = rng.choices([200, 401, 422, 429, 500, 503], [88, 1, 2, 1, 5, 3] if hard else [965, 5, 20, 9.8, 0.2, 0])[0]
    ms = round(rng.lognormvariate(4.3 if hard else 3.5, 0.55 if hard else 0.4), 1)
    log.record("api", "info", f"{method} {endpoint} started", "request_start", endpoint=endpoint, method=method,
               request_id=log.correlation)
    if endpoint == "/score" and status == 200:
        score(log, truth, rng, number)
        hybrid(log, truth, rng, number, hard)
    if endpoint == "/score/batch" and status == 200:
        run_batch(log, truth, rng)
    log.pass_time(ms / 1000)
    key = None if endpoint == "/healthz" or status == 401 else rng.choices(KEYS, [6, 3, 1])[0]
    log.record("api", "error" if status >= 400 else "info", f"{method} {endpoint} completed", "request_end",
               endpoint=endpoint, method=method, status_code=status, duration_ms=ms, api_key_id=key)
    if key:
        truth.count("echo_api_key_requests_total", key_id=key)
    truth.request(endpoint, method, status, ms)
    truth.values.setdefault(series("echo_version_first_request_timestamp_seconds", version=VERSION), log.now.timestamp())
    if number % 4 == 0:
        sizes = {"input_size": rng.randrange(200, 9000), "output_size": rng.randrange(400, 70000)}
        log.record("api", "info", "Operation request_score completed", "request_end",
                   **performance("request_score", ms, status < 500, log.now, **sizes))
        truth.observe("echo_request_payload_input_bytes", sizes["input_size"], BYTE_BOUNDS)
        truth.observe("echo_request_payload_output_bytes", sizes["output_size"], BYTE_BOUNDS)
    if ms > 150:
        log.record("api", "warning", f"High latency detected for {endpoint}", "performance_alert", duration_ms=ms,
                   threshold_ms=150.0, operation_name="request")
        truth.count("echo_performance_alerts_total", kind="latency")


# Runs of the batch processor: the fourth is slow, and the last is in progress when the log ends, with an old context.
BATCHES = {
    30: {"size": 800, "pace": 1400}, 150: {"size": 350, "pace": 1300, "failing": 4},
    320: {"size": 200, "pace": 1500, "error": "[Errno 28] No space left on device"}, 380: {"size": 6000, "pace": 500},
    715: {"size": 40000, "pace": 1300, "age": 25 * 3600},
}


def drift(log, truth, kind, severity, component):
    log.record("drift_detection", "warning", f"Drift: {kind}", "drift_alert", drift_type=kind, severity=severity,
               affected_component=component, drift_magnitude=2.41, threshold_exceeded=2.0)
    truth.count("drift_alerts_total", drift_type=kind, severity=severity, component=component)


def health(log, database, overall):
    log.record("api", "info" if overall == "healthy" else "warning", f"System health check completed: {overall}",
               "system_health", overall_status=overall, **({"unhealthy_components": ["database"]} if database == "unhealthy" else {}), components={
                   "database": {"status": database, "response_time_ms": 3.2, "details": "Database connectivity"},
                   "scoring_engine": {"status": "healthy", "response_time_ms": 5.9, "test_score": 61.0}})


def incidents(log, truth, number):
    """Records other than requests, at fixed places."""
    if number % 60 == 0:
        lines.pool(log, truth, 15 if number == 480 else 2)
        state = "unhealthy" if number == 480 else "healthy"  # one of two components is unhealthy: so is all
        health(log, state, state)
    if number in (450, 520, 590):
        log.record("api", "warning", "High error rate detected", "performance_alert", error_rate=0.2, threshold=0.01,
                   recent_operations=1000)
        truth.count("echo_performance_alerts_total", kind="error_rate")
    if number == 500:
        drift(log, truth, "input_distribution", "warning", "digital")
        drift(log, truth, "input_distribution", "warning", "digital")
        drift(log, truth, "null_rate", "critical", "budget")
    if number in (430, 470):
        log.record("persistence", "critical", "Database unreachable", error_type="OperationalError",
                   error_message="connection refused")
        truth.count("echo_errors_total", error_type="OperationalError", component="persistence")
        truth.count("echo_db_connection_errors_total", kind="refused")
    for kind, at in (("refused", range(432, 468, 6)), ("timeout", (440, 441)), ("pool_exhausted", (479, 480, 482))):
        if number in at:
            lines.database_error(log, truth, kind)
    if number in BATCHES:
        lines.Batch(log, truth, **BATCHES[number])
    if number == 640:
        log.record("calibration", "info", "Calibration updated", "calibration_update", kendall_tau=0.61)


def dirty_lines(log, truth, number):
    """The few malformed or unusual lines."""
    if number == 100:
        log.bad_line("no_format", '{"event_type": "request_end", "message": "POST /score comp')
        log.lines.append("")  # an empty line is neither a record nor an error
    if number == 200:
        log.bad_line("no_format", '2025-08-25 19:08:20,114 - echo_ridge_scoring.monitoring - INFO - {"event_type": "re')
        log.bad_line("no_format", "Killed")
        log.bad_line("no_format", "[1, 2, 3]")
    if number in (300, 340):  # a record whose duration is unknown: counted, but in no latency
        log.record("api", "info", "GET /stats completed", "request_end", endpoint="/stats", method="GET",
                   status_code=200, duration_ms=None)
        truth.request("/stats", "GET", 200, None)
    if number in (310, 330, 350, 370):  # the same key twice: the first value counts
        log.record("api", "info", "POST /score completed", "request_end", endpoint="/score", method="POST",
                   raw=lambda line: line.replace('"POST",', '"POST", "method": "PUT",'), status_code=200,
                   duration_ms=31.5)
        truth.request("/score", "POST", 200, 31.5)
    if number == 315:  # of a process whose clock is behind
        log.pass_time(-600)
        log.text(lines.ADAPTER, "warning", "ops.services_count set to 1 - no explicit service count found")
        log.pass_time(600)
        truth.count("echo_adapter_warnings_total", category="missing_quantitative")
    if number == 320:  # lacks service and version
        log.record("api", "debug", "Cache warmed", "calibration_update",
                   raw=lambda line: line.replace('"service": "echo-ridge-scoring", "version": "1.0.0", ', ""))
        truth.count("echo_log_incomplete_records_total")


def make(truth):
    rng = random.Random(SEED)
    log = Log(truth, rng)
    for number in range(REQUESTS):
        log.pass_time(SECONDS_BETWEEN_REQUESTS * rng.uniform(0.2, 1.8))
        log.catch_up()
        incidents(log, truth, number)
        request(log, truth, rng, number, number in INCIDENT)
        dirty_lines(log, truth, number)
    health(log, "healthy", "healthy")
    for state in ("healthy", "degraded", "unhealthy"):
        truth.values[series("echo_health_status", state=state)] = int(state == "healthy")
    truth.values["echo_component_database_healthy"] = 1
    truth.values["echo_component_scoring_engine_healthy"] = 1
    return log


def healthy(days, path, first=0):
    """Writes healthy days: traffic at a constant rate, health checks, and a batch twice a day that fits its own context."""
    rng, truth = random.Random(SEED + first), Truth()
    log = Log(truth, rng)
    log.now = begin = HEALTHY_START + datetime.timedelta(days=first)
    checks = batches = number = 0
    with open(path, "w") as file:
        while log.now < begin + datetime.timedelta(days=days):
            passed = (log.now - begin).total_seconds()
            if passed >= checks * 600:
                checks += 1
                lines.pool(log, truth, rng.randrange(1, 4))
                health(log, "healthy", "healthy")
            if passed >= batches * 43200 + 3600:
                batches += 1
                lines.Batch(log, truth, rng.randrange(15000, 25000), 1400, failing=3)
            request(log, truth, rng, 400 + number % 240, False)
            number += 1
            log.pass_time(rng.expovariate(HEALTHY_RATE))
            log.catch_up()
            file.write("\n".join(log.lines) + "\n")
            log.lines.clear()


def main():
    if sys.argv[1:2] == ["--days"]:
        healthy(int(sys.argv[2]), pathlib.Path(sys.argv[3]) / "app.log", int(sys.argv[4]) if len(sys.argv) > 4 else 0)
        return
    if sys.argv[1:2] == ["--unpack"]:
        unpack(pathlib.Path(__file__).parent / "dirty/sample", sys.argv[2], pathlib.Path(sys.argv[3]))
        return
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    truth = Truth()
    log = make(truth)
    (directory / "sample.log").write_text("\n".join(log.lines) + "\n")
    (directory / "truth.json").write_text(json.dumps(truth.to_json(log.now.timestamp(), FIRES), indent=1) + "\n")
    importlib.import_module("dirty_log").write(directory / "dirty")
    print(f"{len(log.lines)} lines, {truth.records} records")


if __name__ == "__main__":
    main()
