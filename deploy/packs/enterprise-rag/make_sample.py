#!/usr/bin/env python3
"""Writes sample/, the log and the files of the question answering pipeline in their real shapes, and truth.json, what a
reader must find in them.

Simulated time: a healthy week, then one hour of each scenario. The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        write the files of a step over a directory, with their times
A step holds what the service writes within it: `first`, then one of the others. files.jsonl has a file on each line.
"""

import datetime
import json
import os
import pathlib
import random
import sys
import uuid
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import run, series  # noqa: E402

SEED = 20260302
UTC = datetime.timezone.utc
START = datetime.datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
NOON = datetime.datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = (datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1))
SONNET, FREE = "anthropic/claude-sonnet-4-5", "meta-llama/llama-3.3-70b:free"
LONG = "a line that is too long"  # stands for one of a million bytes
LEVELS = ["debug", "info", "warning", "error", "critical"]
ROUTES = ["rag_knowledge_base"] * 14 + ["sql_structured_data"] * 3 + ["direct_llm"] * 2 + ["escalate_human"]
REQUEST_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10]
SCORE_BOUNDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1]

# What an hour is like; anything not named is as in a healthy one.
GOOD = {"requests": 10, "hhem": 0.93, "similarity": 0.72, "model": SONNET, "empty": 0, "blocked": 0, "failing": 0, "pii": 0,
        "centroid": 0.04, "drift": False}
SCENARIOS = {
    "warning": {"requests": 120, "hhem": 0.79, "similarity": 0.655, "model": FREE, "blocked": 3, "pii": 2},
    "incident": {"requests": 120, "hhem": 0.6, "similarity": 0.2, "empty": 9, "blocked": 45, "failing": 24, "pii": 25,
                 "centroid": 0.18, "drift": True},
    "dirty": {},
}


def stamp(moment):
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Step:
    """What the service writes within a step, and the numbers of it, counted from what is written."""

    def __init__(self, seed, before=None):
        self.rng = random.Random(seed)
        self.written, self.files = [], []  # (time, line), file
        self.clock = before.clock if before else START
        self.counts = Counter(before.counts if before else {})
        self.moments = {name: list(values) for name, values in (before.moments if before else {}).items()}

    def identifier(self):
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def count(self, name, amount=1, **labels):
        self.counts[series(name, **labels)] += amount

    def remember(self, name, moment, value=1):
        self.moments.setdefault(name, []).append((moment, value))

    def observe(self, name, value, bounds, **labels):
        for bound in bounds:
            self.count(name + "_bucket", value <= bound, le=f"{bound:.10g}", **labels)
        self.count(name + "_count", **labels)

    def log(self, moment, event, level="info", **fields):
        record = {"event": event, "level": level, "logger": "src.pipeline.orchestrator", "timestamp": stamp(moment),
                  "pipeline_version": "0.9.3", **fields}
        self.clock = max(self.clock, moment)
        self.written.append((moment, json.dumps(record)))
        self.count("rag_log_events_total", level=level if level in LEVELS else "none", event=event)

    def access(self, method, path, route, status):
        reason = {200: "OK", 401: "Unauthorized", 404: "Not Found", 500: "Internal Server Error"}[status]
        self.written.append((self.written[-1][0], f'INFO:     172.18.0.1:{self.rng.randrange(40000, 60000)} - "{method} {path} HTTP/1.1" {status} {reason}'))
        self.count("http_requests_total", method=method, route=route, status=status)

    def lines(self):
        return [line for _, line in sorted(self.written, key=lambda entry: entry[0])]

    def file(self, path, moment, content):
        self.files.append({"path": path, "modified": moment.timestamp(), "content": content})


def trace(step, moment, identifier, spans, milliseconds):
    step.file(f"traces/local/{identifier}.json", moment, {
        "trace_id": identifier, "timestamp": stamp(moment), "user_id": "u1", "session_id": None, "pipeline_version": "0.9.3",
        "config_hash": "c0ffee", "feature_flags": {"pipeline_variant": "control"}, "spans": spans,
        "scores": {"faithfulness": None, "user_feedback": None}, "total_latency_ms": milliseconds, "total_cost_usd": 0.0})
    step.count("rag_traces_total")
    step.remember("trace", moment)


def span(name, duration, **attributes):
    return {"name": name, "start_time": 0.0, "end_time": duration / 1000, "duration_ms": duration, "attributes": attributes}


def block(step, moment, trace_id):
    lakera = step.rng.random() < 0.2
    found = {"layer": "lakera_guard", "category": "jailbreak", "confidence": 0.97} if lakera else {
        "layer": "injection_detector", "detection": step.rng.choice(["ignore_instructions", "role_override"])}
    step.log(moment, "input_blocked", "warning", trace_id=trace_id, input_hash="9f2c", user_id="u9", latency_ms=2, **found)
    step.log(moment, "pipeline.safety.checked", trace_id=trace_id, passed=False, latency_ms=3,
             blocked_reason=f"prompt_injection_detected: {found.get('detection', 'jailbreak')}")
    step.count("safety_injection_blocked_total", layer=found["layer"], detection=found.get("detection", "jailbreak"))
    step.remember("blocked", moment, lakera)
    trace(step, moment, trace_id, [span("input_safety", 3, passed=False, skipped=False)], 4)
    step.access("POST", "/api/v1/query", "/api/v1/query", 200)


def answer(step, moment, trace_id, hour, route, empty):
    """A question that was routed: stages as events, whose latency is cumulative, and as spans, whose duration is their own."""
    rng = step.rng
    spans = [span("input_safety", 2, passed=True, skipped=False), span("query_routing", 4, route=route, skipped=False)]
    total = 10
    step.log(moment, "pipeline.routing.completed", trace_id=trace_id, route=route, confidence=0.91, latency_ms=total)
    if route in ("rag_knowledge_base", "sql_structured_data"):
        scores = [] if empty else [round(min(0.99, max(0.01, rng.gauss(hour["similarity"], 0.03))), 4) for _ in range(5)]
        total += 40
        spans.append(span("retrieval", 40, expansion_enabled=False, num_results_raw=len(scores), result_scores=scores))
        for score in scores:
            step.remember("similarity", moment, score)
        step.count("retrieval_cosine_sim_count", len(scores))
        step.log(moment, "reranking_complete", trace_id=trace_id, candidates=len(scores))
        step.remember("cohere", moment)
        step.log(moment, "pipeline.retrieval.completed", trace_id=trace_id, num_results=len(scores), latency_ms=total)
        step.remember("retrieval", moment, empty)
    else:
        spans.append(span("retrieval", 0, skipped=True, reason="route"))
    if route == "escalate_human":
        trace(step, moment, trace_id, spans, total)
        step.observe("pipeline_request_duration_seconds", total / 1000, REQUEST_BOUNDS, route=route)
        return
    tokens = {"tokens_in": rng.randrange(900, 1500), "tokens_out": rng.randrange(150, 350)}
    duration = rng.randrange(700, 1900)
    total += duration
    step.log(moment, "pipeline.generation.completed", trace_id=trace_id, model=hour["model"], latency_ms=total, **tokens)
    spans.append(span("generation", duration, model=hour["model"], output="", **tokens))
    step.count("llm_tokens_in_total", tokens["tokens_in"], model=hour["model"])
    step.count("llm_tokens_out_total", tokens["tokens_out"], model=hour["model"])
    cost = 0 if hour["model"] == FREE else tokens["tokens_in"] * 3e-6 + tokens["tokens_out"] * 15e-6
    step.remember("cost", moment, cost)
    step.count("llm_cost_usd_total", cost, model=hour["model"])
    if route != "direct_llm":
        score = round(min(1.0, max(0.0, rng.gauss(hour["hhem"], 0.02))), 4)
        level = "pass" if score >= 0.85 else "warn" if score >= 0.7 else "fail"
        total += 300
        # The service logs its own "level" with both: the logger replaces one of them by the level of the record.
        step.log(moment, "hallucination_check_complete", trace_id=trace_id, score=score, num_chunks=5, aggregation="max",
                 latency_ms=300)
        step.log(moment, "pipeline.hallucination.checked", trace_id=trace_id, score=score, level=level, latency_ms=total)
        spans.append(span("hallucination_check", 300, score=score, passed=score >= 0.7, level=level, skipped=False))
        step.observe("hallucination_score", score, SCORE_BOUNDS)
        step.count("hallucination_check_failed_total", level == "fail")
        step.remember("hhem", moment, score)
        step.log(moment, "pipeline.request.completed", trace_id=trace_id, total_latency_ms=total, fallback=False)
    trace(step, moment, trace_id, spans, total)
    step.observe("pipeline_request_duration_seconds", total / 1000, REQUEST_BOUNDS, route=route)


def request(step, moment, hour, kind):
    trace_id = step.identifier()
    step.log(moment, "pipeline.request.received", trace_id=trace_id, user_id="u1", query="<redacted>")
    step.remember("received", moment)
    if kind == "blocked":
        block(step, moment, trace_id)
        return
    if kind == "pii":
        types = step.rng.choice([["email"], ["phone", "email"], ["email", "ssn"]])
        step.log(moment, "pii_detected", "warning", trace_id=trace_id, types=types, input_hash="77ab")
        step.count("safety_pii_detected_total", pii_type="ssn" if "ssn" in types else "email")
        step.remember("pii", moment)
    step.log(moment, "pipeline.safety.checked", trace_id=trace_id, passed=True, blocked_reason=None, latency_ms=4)
    if kind == "failing":
        step.log(moment, "qdrant_query_failed", "error", trace_id=trace_id, error="ConnectError: All connection attempts failed")
        step.access("POST", "/api/v1/query", "/api/v1/query", 500)
        return
    route = "rag_knowledge_base" if kind == "empty" else step.rng.choice(ROUTES)
    answer(step, moment, trace_id, hour, route, kind == "empty")
    step.access("POST", "/api/v1/query", "/api/v1/query", 200)


def drift_check(step, moment, hour):
    step.log(moment, "embedding_drift_detected" if hour["drift"] else "embedding_drift_check",
             "warning" if hour["drift"] else "info", reference_centroid_shift=hour["centroid"], reference_spread_change=0.07,
             drift_detected=hour["drift"], sample_size=1000)


def one_hour(step, start, changes):
    hour = GOOD | changes
    kinds = [kind for kind in ("blocked", "failing", "empty", "pii") for _ in range(hour[kind])]
    kinds += ["plain"] * hour["requests"]
    step.rng.shuffle(kinds)
    for number, kind in enumerate(kinds):
        request(step, start + number * (HOUR / len(kinds)), hour, kind)
    drift_check(step, start + HOUR - MINUTE, hour)


# --- Files other than traces ------------------------------------------------------------------------------------------


def feedback(step, moment, rating, logged=True):
    identifier = step.identifier()
    step.file(f"feedback/local/{identifier}.json", moment, {
        "feedback_id": identifier, "trace_id": step.identifier(), "user_id": "u1", "rating": rating, "correction": None,
        "comment": None, "created_at": stamp(moment)})
    if logged:
        step.log(moment, "feedback_recorded", rating=rating)
    step.count("feedback_received_total", rating=rating)
    step.remember("feedback", moment, rating == "positive")


def annotation(step, moment, number, state):
    done = {"correct_answer": "…", "failure_type": "hallucination", "notes": None, "annotator": "a1", "annotated_at": stamp(moment)}
    step.file(f"annotations/{state}/trace-{number}.json", moment, {
        "trace_id": f"trace-{number}", "query": "…", "context": [], "answer_given": "…", "faithfulness_score": 0.61,
        "category": "hallucination", "annotation": done if state == "completed" else dict.fromkeys(done)})
    if state == "completed":
        step.log(moment, "annotation_submitted", trace_id=f"trace-{number}", failure_type="hallucination")
        step.count("annotations_completed_total", failure_type="hallucination")


def evaluation(step, moment, faithfulness, status="completed"):
    content = {"status": status, "sample_size": 50 if status == "completed" else 3, "timestamp": stamp(moment)}
    if status == "completed":
        content["scores"] = {"faithfulness": faithfulness, "context_precision": 0.9, "answer_relevancy": None}
    else:
        content["message"] = "Not enough traces"
    step.file(f"eval_results/daily/{moment:%Y-%m-%d}.json", moment, content)


def triage(step, monday, failures):
    step.file(f"reports/triage/triage-{monday:%G-W%V}.json", monday + 7 * DAY + 2 * HOUR, {
        "period": {"start": stamp(monday), "end": stamp(monday + 7 * DAY)}, "total_responses": 400,
        "total_failures": sum(failures.values()), "failure_rate": sum(failures.values()) / 400,
        "by_category": {name: {"count": number, "example_trace_ids": []} for name, number in failures.items()},
        "clusters": [], "top_failures": []})


def receipt(step, moment, name, status):
    steps = {"vectors": {"status": "completed", "count": 3}, "traces": {"status": "completed", "count": 2},
             "feedback": {"status": "completed", "count": 0}}
    if status != "completed":
        steps["vectors"] = {"status": "failed", "count": 0, "error": "timeout"}
        step.count("deletion_step_failures_total", step="vectors")
    step.file(f"deletions/local/{name}.json", moment, {
        "deletion_id": name, "user_id": "u7", "tenant_id": "default", "reason": "user_request", "status": status,
        "vectors_deleted": steps["vectors"]["count"], "traces_redacted": 2, "feedback_deleted": 0, "steps": steps,
        "created_at": stamp(moment), "completed_at": stamp(moment + MINUTE)})
    step.log(moment, "deletion_completed", deletion_id=name, status=status)
    step.count("deletion_requests_total", status=status)


def make_first():
    step = Step(SEED)
    step.log(START, "pipeline_starting")
    step.count("rag_restarts_total")
    step.log(START + MINUTE, "hhem_model_loading", model="vectara/hallucination_evaluation_model")
    step.log(START + 2 * MINUTE, "hhem_model_loaded", model="vectara/hallucination_evaluation_model")
    step.log(START + 3 * MINUTE, "chunking_complete", document="handbook.pdf", chunks=40)
    step.log(START + 3 * MINUTE, "batch_upserted", count=40)
    step.count("rag_documents_ingested_total")
    step.count("rag_chunks_upserted_total", 40)
    step.access("GET", "/health", "/health", 200)
    step.access("GET", "/wp-login.php", "other", 404)
    for number in range(24):  # of the week before, whose log is gone
        feedback(step, START - number * 8 * HOUR - MINUTE, "positive", logged=False)
    moment = START + HOUR
    while moment < NOON - HOUR:
        number = round((moment - START) / HOUR)
        request(step, moment, GOOD, "blocked" if number % 24 == 9 else "pii" if number % 24 == 15 else "plain")
        if number % 8 == 0:
            feedback(step, moment + MINUTE, "negative" if number % 32 == 0 else "positive")
        moment += HOUR
    for day in range(7):
        evaluation(step, START + day * DAY + 2 * HOUR, 0.91 + 0.01 * (day % 2), "insufficient_data" if day == 3 else "completed")
    evaluation(step, START + 7 * DAY + 2 * HOUR, 0.92)
    triage(step, START - 7 * DAY, {"hallucination": 8, "retrieval_failure": 5})
    triage(step, START, {"hallucination": 7, "retrieval_failure": 6, "other": 1})
    step.file("golden_dataset/metadata.json", NOON - DAY, {
        "version": "1.4.0", "last_updated": stamp(NOON - DAY), "total_examples": 44, "by_source": {"annotation": 4}, "history": []})
    for number in range(4):
        annotation(step, NOON - DAY, number, "pending")
    for number in range(10, 13):
        annotation(step, NOON - DAY, number, "completed")
    receipt(step, NOON - 2 * DAY, "d1", "completed")
    one_hour(step, NOON - HOUR, {})
    return step


def make_hour(name, first):
    step = Step(SEED + 1 + list(SCENARIOS).index(name), first)
    one_hour(step, NOON, SCENARIOS[name])
    if name == "incident":
        step.log(NOON + MINUTE, "shadow_completed", latency_ms=5200, cost_usd=0.01, budget_remaining=2.5)
        step.log(NOON + 2 * MINUTE, "shadow_circuit_breaker_tripped", "warning", avg_primary_ms=1400, avg_shadow_ms=5200, multiplier=3.0)
        step.count("shadow_circuit_breaker_trips_total")
        step.log(NOON + 3 * MINUTE, "hhem_model_loading", model="vectara/hallucination_evaluation_model")
        for minute in (4, 9, 14, 19):
            step.log(NOON + minute * MINUTE, "pipeline_starting")
            step.count("rag_restarts_total")
        receipt(step, NOON + 5 * MINUTE, "d2", "partial")
        triage(step, START + 7 * DAY, {"hallucination": 20, "retrieval_failure": 12})
        for number in range(20, 45):
            annotation(step, NOON, number, "pending")
    if name == "warning":
        # Three of the pending annotations are completed: their files move.
        for number in range(3):
            annotation(step, NOON + MINUTE, number, "completed")
            step.file(f"annotations/pending/trace-{number}.json", NOON, None)
    if name == "dirty":
        # Half a record, text of the console format in colours, a line that is too long, bytes that are not UTF-8, a clock
        # that goes back, and four hundred names of events.
        last = NOON + HOUR - MINUTE
        for line in ('{"event": "pipeline.request.rec', "\x1b[2m2026-03-09 12:30:00\x1b[0m [info     ] request", LONG,
                     '{"event": "caf\udce9", "level": "info", "timestamp": "' + stamp(last) + '"}',
                     *(json.dumps({"event": f"e{number}", "level": "info", "timestamp": stamp(last)}) for number in range(400))):
            step.written.append((last, line))
        early = json.dumps({"event": "pipeline.hallucination.checked", "level": "fail", "score": 0.0,
                            "timestamp": stamp(NOON - 6 * HOUR)})
        step.written.append((last, early))
        step.observe("hallucination_score", 0.0, SCORE_BOUNDS)
        step.count("hallucination_check_failed_total")
    return step


# --- What a reader must find ------------------------------------------------------------------------------------------


def within(step, name, now, over, parts):
    """The values of a window: those of the current part and of the parts before it."""
    length = over.total_seconds() / parts
    newest = now.timestamp() // length
    return [value for moment, value in step.moments.get(name, []) if newest - parts < moment.timestamp() // length <= newest]


def ratio(values):
    return sum(values) / len(values)


def truth_of(name, step):
    healthy = name in ("healthy", "dirty")
    now = step.clock
    counts = step.counts

    def counted(*names):
        return {key: value for key, value in counts.items() if key.split("{")[0] in names}

    def hour(key):
        return within(step, key, now, HOUR, 180)

    hhem, quarter = hour("hhem"), within(step, "hhem", now, 15 * MINUTE, 180)
    clock = max(moment for moment, _ in step.moments["trace"])
    similar = within(step, "similarity", clock, HOUR, 180)
    rows = {}

    def row(identifier, values=(), fires=(), quiet=(), absent=()):
        rows[identifier] = {"values": dict(sorted(dict(values).items())), "absent": list(absent), "fires": sorted(fires),
                            "quiet": sorted(quiet)}

    def alerts(condition, *names):
        return {"fires" if condition else "quiet": names}

    incident, warning = name == "incident", name == "warning"
    requests = counted("http_requests_total")
    bad = sum(value for key, value in requests.items() if 'status="5' in key)
    slo = {series("leeway_slo_events_total", slo="availability"): sum(requests.values()),
           series("leeway_slo_bad_events_total", slo="availability"): bad}
    budget = ["ErrorBudgetBurnPageFast", "ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow"]
    row("R2", requests | slo, fires=["RAGErrorRateHigh", *budget[2:]] * incident,
        quiet=[*budget[:2], "ErrorBudgetExhausted"] + ["RAGErrorRateHigh", *budget[2:]] * (not incident))
    blocked = hour("blocked")
    row("R3", counted("safety_injection_blocked_total") | ({"rag_injection_blocks": len(blocked)}),
        **alerts(incident, "InjectionAttemptSpike"))
    row("R40", counted("safety_injection_blocked_total"), quiet=["InjectionAttemptsMany"])
    row("R41", {"rag_injection_l2_ratio": ratio(within(step, "blocked", now, DAY, 144))})
    row("R5", {key: value for key, value in counts.items() if key.startswith("hallucination_score_")}
        | {"rag_hhem_recent_mean": ratio(hhem), "rag_hhem_recent_mean_samples": len(hhem),
           "rag_hhem_below_ratio": ratio([score < 0.7 for score in quarter]),
           "rag_hhem_warning_ratio": ratio([0.7 <= score < 0.85 for score in quarter])},
        fires=["HHEMFaithfulnessBelowThreshold"] * incident + ["HHEMFaithfulnessInWarningZone"] * warning,
        quiet=["HHEMFaithfulnessBelowThreshold"] * (not incident) + ["HHEMFaithfulnessInWarningZone"] * (not warning))
    row("R6", counted("hallucination_check_failed_total")
        | {"rag_hallucination_fail_ratio": ratio([score < 0.7 for score in within(step, "hhem", now, 4 * HOUR, 120)])}, quiet=["RAGHallucinationSpike"])
    row("R7", counted("feedback_received_total") | {"rag_feedback_positive_ratio": ratio(within(
        step, "feedback", max(moment for moment, _ in step.moments["feedback"]), 7 * DAY, 168))}, quiet=["RAGFeedbackRateDrop"])
    pending = 29 if incident else 1 if warning else 4
    row("R8", counted("annotations_completed_total") | {
        series("leeway_quality_rows", quality="annotations", segment="pending"): pending,
        series("leeway_quality_rows", quality="annotations", segment="completed"): 6 if warning else 3}, **alerts(incident, "RAGAnnotationBacklog"))
    if name != "dirty":  # whose many names of events do not fit
        row("R10", counted("rag_log_events_total"), **alerts(incident, "RAGErrorLogs"))
    last_week = START + (14 if incident else 7) * DAY
    row("R11", {series("rag_flywheel_last_run_timestamp_seconds", phase="triage"): last_week.timestamp(),
                series("rag_flywheel_last_run_timestamp_seconds", phase="import"): (NOON - DAY).timestamp()},
        quiet=["RAGFlywheelOverdue"])
    failures = {"hallucination": 20, "retrieval_failure": 12} if incident else {
        "hallucination": 7, "retrieval_failure": 6, "other": 1}
    row("R12", {series("rag_triage_failures", category=key): value for key, value in failures.items()}
        | {"rag_triage_failure_ratio": sum(failures.values()) / 400}, **alerts(incident, "RAGTriageFailuresUp"),
        absent=[series("rag_triage_failures", category="other")] if incident else [])
    row("R16", {series("ragas_score_daily", score="faithfulness"): 0.92, series("ragas_score_daily", score="context_precision"): 0.9,
                series("rag_ragas_declines", score="faithfulness"): 0, series("rag_ragas_declines", score="context_precision"): 0,
                "ragas_eval_sample_size": 50, series("rag_eval_status", state="completed"): 1,
                "ragas_eval_last_run_timestamp_seconds": (START + 7 * DAY + 2 * HOUR).timestamp()},
        quiet=["RAGEvalNotRun", "RagasScoresDeclining", "RagasFaithfulnessBelowTarget", "RagasContextPrecisionBelowTarget",
               "RagasAnswerRelevancyBelowTarget"], absent=[series("ragas_score_daily", score="answer_relevancy")])
    row("R17", {"embedding_drift_detected": int(incident), "embedding_centroid_shift_cosine": 0.18 if incident else 0.04,
                "embedding_spread_change": 0.07}, **alerts(incident, "EmbeddingDriftDetected"))
    row("R26", {"rag_cohere_calls": len(within(step, "cohere", now, 30 * DAY, 180))}, quiet=["RAGCohereQuotaNear"])
    row("R37", counted("rag_restarts_total") | {series("rag_build_info", version="0.9.3"): 1}, **alerts(incident, "RAGRestartLoop"))
    row("R38", counted("rag_documents_ingested_total", "rag_chunks_upserted_total"))
    row("R39", {"rag_hhem_model_loaded": int(not incident)}, **alerts(incident, "RAGHHEMNotLoaded"))
    empty = hour("retrieval")
    row("R43", {"rag_retrieval_empty_ratio": ratio(empty), "rag_retrieval_empty_samples": len(empty)},
        **alerts(incident, "RetrievalEmptyResults"))
    row("R4", {"retrieval_cosine_sim_count": counts["retrieval_cosine_sim_count"],
               "rag_retrieval_above_floor_ratio": ratio([score >= 0.3 for score in similar])},
        fires=["RetrievalQualityP50DropCritical", "RetrievalP95Low"] * incident
        + ["RetrievalQualityP50DropWarning"] * (incident or warning),
        quiet=["RetrievalQualityP50DropCritical", "RetrievalP95Low"] * (not incident)
        + ["RetrievalQualityP50DropWarning"] * healthy)
    if len(similar) >= 50:
        rows["R4"]["near"] = {"retrieval_cosine_sim_p50": sorted(similar)[(len(similar) + 1) // 2 - 1]}
    row("R45", counted("safety_pii_detected_total") | {"rag_pii_detections": len(hour("pii"))},
        **alerts(incident, "RAGPIIDetectedSpike"))
    row("R46", counted("deletion_requests_total", "deletion_step_failures_total") | {
        series("leeway_quality_check_violations", quality="deletions", check="completed", column="status"): int(incident)},
        **alerts(incident, "RAGDeletionIncomplete"))
    row("R48", {"shadow_mode_budget_remaining_usd": 2.5} if incident else {},
        absent=[] if incident else ["shadow_mode_budget_remaining_usd"])
    row("R55", counted("rag_traces_total") | {"rag_trace_last_timestamp_seconds": clock.timestamp()}, quiet=["RAGNoTraces"])
    row("R56", {key: value for key, value in counts.items() if key.startswith("pipeline_request_duration_seconds_")})
    row("R57", {series("pipeline_request_duration_per_stage_seconds_count", stage="input_safety"): counts["rag_traces_total"]})
    row("R58", counted("llm_tokens_in_total", "llm_tokens_out_total", "llm_cost_usd_total")
        | {"rag_llm_cost_usd": sum(within(step, "cost", now, DAY, 144))}, **alerts(incident, "LLMCostSpike"))
    row("R59", counted("shadow_circuit_breaker_trips_total"), **alerts(incident, "ShadowCircuitBreaker"))
    row("R28", {"rag_golden_examples": 44})
    if name == "dirty":
        row("dirty", {series("leeway_source_rejected_lines_total", source="pipeline", reason="no_format"): 2,
                      series("leeway_source_rejected_lines_total", source="pipeline", reason="too_long"): 1,
                      series("leeway_source_anomalies_total", source="pipeline", kind="invalid_utf8"): 1})
    return {"steps": ["first"] if name == "healthy" else ["first", name], "now": now.timestamp(), "rows": rows}


def write(directory):
    first = make_first()
    steps = {"first": first} | {name: make_hour(name, first) for name in SCENARIOS}
    for name, step in steps.items():
        folder = directory / "sample" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pipeline.log").write_bytes("".join(line + "\n" for line in step.lines()).encode(errors="surrogateescape"))
        (folder / "files.jsonl").write_text("".join(json.dumps(file) + "\n" for file in step.files))
    truth = {"scenarios": {name: truth_of(name, first if name == "healthy" else steps[name]) for name in ("healthy", *SCENARIOS)}}
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def unpack(sample, step, directory):
    """Appends to the log, writes files with their times, and removes those that are gone."""
    folder = sample / step
    (directory / "logs").mkdir(parents=True, exist_ok=True)
    with open(directory / "logs/pipeline.log", "ab") as log:
        log.write((folder / "pipeline.log").read_bytes().replace(LONG.encode(), b"x" * 1_100_000))
    for file in map(json.loads, (folder / "files.jsonl").read_text().splitlines()):
        path = directory / file["path"]
        if file["content"] is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(file["content"]))
        os.utime(path, (file["modified"], file["modified"]))


if __name__ == "__main__":
    run(pathlib.Path(__file__).resolve().parent, write, unpack)
