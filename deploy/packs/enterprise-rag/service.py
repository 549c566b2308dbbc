"""What the question answering pipeline writes as it works: its log, and a file for each trace, event of the audit, and so on.
The numbers of it are counted as it is written. Used by make_sample.py and healthy_days.py."""

import datetime
import json
import pathlib
import random
import sys
import uuid
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import series  # noqa: E402

UTC = datetime.timezone.utc
START = datetime.datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
NOON = datetime.datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = (datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1))
SONNET, FREE = "anthropic/claude-sonnet-4-5", "meta-llama/llama-3.3-70b:free"
LEVELS = ["debug", "info", "warning", "error", "critical"]
ROUTES = ["rag_knowledge_base"] * 14 + ["sql_structured_data"] * 3 + ["direct_llm"] * 2 + ["escalate_human"]
EXAMPLES = {"hallucination": 12, "retrieval_failure": 10, "wrong_route": 9, "context_gap": 8, "compression_loss": 5}
REQUEST_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10]
SCORE_BOUNDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1]

# What an hour is like; anything not named is as in a healthy one.
GOOD = {"requests": 10, "hhem": 0.93, "similarity": 0.72, "model": SONNET, "empty": 0, "blocked": 0, "failing": 0, "pii": 0,
        "centroid": 0.04, "drift": False}


def stamp(moment):
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Step:
    """What the service writes within a step, and the numbers of it, counted from what is written."""

    def __init__(self, seed, before=None):
        self.rng = random.Random(seed)
        self.written, self.files = [], []  # (time, line), file
        self.clock = before.clock if before else START
        self.clusters = before.clusters if before else [set()]  # of the last two triage reports
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


def audit(step, moment, kind, written=True):
    """An event of the audit, in a file of its own, of which the log says that it was written."""
    identifier = step.identifier()
    step.log(moment, "audit_event_logged", event_id=identifier, event_type=kind, path=f"audit_logs/local/{identifier}.json")
    step.remember("audit_logged", moment)
    if written:
        step.file(f"audit_logs/local/{identifier}.json", moment, {
            "event_id": identifier, "event_type": kind, "timestamp": stamp(moment), "actor": {"type": "user", "id": "u1"},
            "details": {}, "tenant_id": "default"})
        step.remember("audit", moment)
    return f"audit_logs/local/{identifier}.json"


def block(step, moment, trace_id):
    lakera = step.rng.random() < 0.2
    found = {"layer": "lakera_guard", "category": "jailbreak", "confidence": 0.97} if lakera else {
        "layer": "injection_detector", "detection": step.rng.choice(["ignore_instructions", "role_override"])}
    user = ["u4", "mallory@example.org", "u9", "u9"][len(step.moments.get("blocked", [])) % 4]
    step.log(moment, "input_blocked", "warning", trace_id=trace_id, input_hash="9f2c", user_id=user, latency_ms=2, **found)
    step.log(moment, "pipeline.safety.checked", trace_id=trace_id, passed=False, latency_ms=3,
             blocked_reason=f"prompt_injection_detected: {found.get('detection', 'jailbreak')}")
    audit(step, moment, "safety_block")
    step.count("safety_injection_blocked_total", layer=found["layer"], detection=found.get("detection", "jailbreak"))
    step.remember("blocked", moment, lakera)
    step.remember("blocked_user", moment, user)
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
    audit(step, moment, "llm_call")
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
