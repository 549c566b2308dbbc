"""The files that the pipeline and its operators write beside the log: feedback, annotations, evaluations, reports, receipts."""

import json

from service import DAY, HOUR, MINUTE, stamp


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
    step.count("annotations_created_total", int(state == "pending"))
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


def triage(step, monday, failures, clusters):
    """`clusters`: the categories of clusters by their queries."""
    step.file(f"reports/triage/triage-{monday:%G-W%V}.json", monday + 7 * DAY + 2 * HOUR, {
        "period": {"start": stamp(monday), "end": stamp(monday + 7 * DAY)}, "total_responses": 400,
        "total_failures": sum(failures.values()), "failure_rate": sum(failures.values()) / 400,
        "by_category": {name: {"count": number, "example_trace_ids": []} for name, number in failures.items()},
        "clusters": [{"cluster_id": number, "size": 2, "representative_query": query, "category": category, "trace_ids": []}
                     for number, (query, category) in enumerate(clusters.items())], "top_failures": []})
    step.clusters = [step.clusters[-1], set(clusters.items())]


def receipt(step, moment, name, status, logged=True):
    steps = {"vectors": {"status": "completed", "count": 3}, "traces": {"status": "completed", "count": 2},
             "feedback": {"status": "completed", "count": 0}}
    if status != "completed":
        steps["vectors"] = {"status": "failed", "count": 0, "error": "timeout"}
        step.count("deletion_step_failures_total", step="vectors")
    step.file(f"deletions/local/{name}.json", moment, {
        "deletion_id": name, "user_id": "u7", "tenant_id": "default", "reason": "user_request", "status": status,
        "vectors_deleted": steps["vectors"]["count"], "traces_redacted": 2, "feedback_deleted": 0, "steps": steps,
        "created_at": stamp(moment), "completed_at": stamp(moment + MINUTE)})
    if logged:
        step.log(moment, "deletion_completed", deletion_id=name, status=status)
    step.count("deletion_requests_total", status=status)


# --- Of the monthly tasks ---------------------------------------------------------------------------------------------


def load_test(step, moment, milliseconds, failed=0):
    step.file(f"reports/load_test-{moment:%Y-%m-%d}.txt", moment, f"""Load test: 100 queries, concurrency 5
  Throughput:  0.26 rps
  p50:  {milliseconds // 2:,}
  p95:  {milliseconds:,}
Errors:     {failed}/100 ({failed}%)
Total cost: $0.0100
""")


def baseline(step, moment):
    step.file("docs/baselines/production-baseline.json", moment, {
        "date": f"{moment:%Y-%m-%d}", "pipeline_version": "0.9.3", "performance": {"latency_p95_projected_ms": 2000, "retrieval_latency_ms": 8.99}})


def packages(step, moment, transformers, vulnerable):
    """What pip-audit and pip say of the packages that are installed."""
    newer = {"transformers": (transformers, "5.3.0")} | ({"requests": ("2.32.3", "2.32.4")} if vulnerable else {})
    step.file("reports/pip-outdated.json", moment, [
        {"name": name, "version": old, "latest_version": new, "latest_filetype": "wheel"} for name, (old, new) in newer.items()])
    found = [{"id": "GHSA-0001", "fix_versions": ["2.32.4"], "aliases": ["CVE-2026-1"], "description": "…"}]
    step.file("reports/pip-audit.json", moment, {"fixes": [], "dependencies": [
        {"name": "requests", "version": "2.32.3", "vulns": found if vulnerable else []},
        {"name": "transformers", "version": transformers, "vulns": []},
        {"name": "enterprise-pipeline", "skip_reason": "Dependency not found on PyPI"}]})


def keys(step, moment, created, used):
    """`used`: when the first of the keys was last used; of the others the inventory does not say it."""
    step.file("config/api_keys.json", moment, {"keys": [
        {"key_id": name, "role": "pipeline_admin", "created": f"{day:%Y-%m-%d}", "last_used": None if number else f"{used:%Y-%m-%d}"}
        for number, (name, day) in enumerate(created.items())]})


def configuration(step, moment, threshold):
    step.file("pipeline_config.yaml", moment, f"hallucination:\n  threshold_pass: {threshold}\n  threshold_warn: 0.70\n")
    step.count("rag_configuration_versions_total")


def golden(step, moment, examples):
    """`examples`: how many there are of each category."""
    step.file("golden_dataset/metadata.json", moment, {
        "version": "1.4.0", "last_updated": stamp(moment), "total_examples": sum(examples.values()), "by_source": {"annotation": 4},
        "history": []})
    lines = [{"id": f"{category}-{number}", "category": category, "query": "…", "context": [], "expected_answer": "…",
              "expected_faithfulness": 1.0} for category, count in examples.items() for number in range(count)]
    step.file("golden_dataset/faithfulness_tests.jsonl", moment, "".join(json.dumps(line) + "\n" for line in lines))
