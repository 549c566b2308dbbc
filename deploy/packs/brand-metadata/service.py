"""What the metadata generator writes: records, reports and logs, in their real shapes, and what a reader sees of them. Used by
make_sample.py and healthy_days.py."""

import datetime
import json
import pathlib
import sys
from collections import Counter, defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import series, unix  # noqa: E402

MONDAY = datetime.datetime(2025, 8, 25)
MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)
NOW = MONDAY + 18 * HOUR
CATEGORIES = ["regex_too_broad", "regex_too_narrow", "mccid_incorrect", "wallet_handling", "ambiguous_name", "general"]
REASONS = {"iteration_limit": "Iteration limit reached (10)", "ambiguous_name": "Ambiguous brand name: Star",
           "low_confidence": "Low confidence score 0.43 after several iterations", "other": "Asked for by the customer",
           "processing_failure": "3 consecutive failures in feedback processing", "data_quality": "Missing required data fields"}
STATUSES = ["pending", "in_progress", "awaiting_review", "processing_feedback", "approved", "failed"]

# The last day of each scenario; anything not named is as on a good day.
GOOD = {
    "processed": 45, "escalated": 2, "approval": 0.73, "iterations": 2.3, "improvement": 0.12, "awaiting": 23, "confidence": (0.93, 0.83),
    "false_positive": 0.05, "false_negative": 0.06, "feedback": 4, "category": None, "near": [], "reasons": [], "overdue": 0, "failed": [],
    "seconds": 300, "flagged": 12, "feedback_seconds": 170, "athena": [], "slow": 0, "errors": 2, "invalid": 1, "hanging": False,
    "hits": 80, "stores": 20, "dirty": False,
}


def written(moment, index):
    """As the service writes times: all are those of UTC, and not all say so."""
    return moment.isoformat() + ("Z", "+00:00", "")[index % 3]


class Step:
    """The files of a step in the order in which they are written, and what a reader sees of them: records by source."""

    def __init__(self, before=None):
        self.files = []
        self.records = defaultdict(list, {name: list(all) for name, all in before.records.items()} if before else {})
        self.counts = Counter(before.counts if before else {})

    def put(self, path, document, moment, source=None, time=None):
        self.files.append({"path": path, "time": unix(moment), "text": json.dumps(document)})
        if source:
            self.records[source].append((unix(time or moment), document))

    def line(self, path, text, **more):
        """A line of a log. Lines of one log that follow one another are one entry."""
        if self.files and self.files[-1].get("append") == path and not more:
            self.files[-1]["text"] += text + "\n"
        else:
            self.files.append({"append": path, "text": text + "\n", **more})

    def count(self, row, name, number=1, **labels):
        self.counts[row, series(name, **labels)] += number


# --- Records and reports ----------------------------------------------------------------------------------------------


def escalate(step, moment, number, reason, status="open", level=None, iteration=4):
    record = {"escalation_id": f"ESC-{moment:%Y%m%d%H%M%S}-{number}", "brandid": number, "brandname": f"Brand {number}",
              "reason": REASONS[reason], "confidence_score": 0.43, "escalated_at": written(moment, number), "resolved_at": None,
              "status": status, "iteration": 10 if reason == "iteration_limit" else iteration, "environment": "prod"}
    if level:
        record["level"] = level
    if status == "resolved":
        record |= {"resolved_at": written(moment + HOUR, number), "resolved_by": "operations", "resolution_notes": "by hand"}
    step.put(f"escalations/brand_{number}_{record['escalation_id']}.json", record, moment, "escalations")
    if status == "open":
        step.count("B9", "brand_escalations_total", level=level or "operational", reason=reason)
        step.count("B11", "brand_iteration_limit_reached_total", int(reason == "iteration_limit"))


def feedback(step, moment, number, category, version=2):
    step.put(f"feedback/brand_{number}_v{version}_fb-{moment:%d%H%M}.json", {
        "feedback_id": f"fb-{moment:%d%H%M}", "brandid": number, "metadata_version": version, "category": category,
        "feedback_text": "Too broad: “SQ *” matches all wallets", "issues_identified": [category], "misclassified_combos": [1201, 1202],
        "submitted_at": written(moment, number), "submitted_by": "reviewer"}, moment, "feedback")
    step.count("B13", "brand_feedback_total", category=category)


def metadata(step, source, moment, number, confidence):
    record = {"brandid": number, "brandname": f"Brand {number}", "regex": f"^BRAND{number}.*", "mccids": [5812, 5814],
              "confidence_score": confidence, "version": 1, "generated_at": written(moment, number), "evaluator_issues": [],
              "coverage_narratives_matched": 0.97, "coverage_false_positives": source.randrange(4)}
    step.put(f"metadata/brand_{number}_v1.json", record, moment)
    step.put(f"metadata/brand_{number}.json", record, moment, "metadata")


def execution(step, moment, number, status, seconds, machine="brand_metagen_workflow_prod"):
    ended = status != "RUNNING"
    step.put(f"workflow-executions/brand-{number}-{moment:%d%H%M}.json", {
        "execution_arn": f"arn:aws:states:eu-west-1:1:execution:{machine}:brand-{number}", "brandid": number, "status": status,
        "start_time": written(moment, number), "stop_time": written(moment + datetime.timedelta(seconds=seconds), number) if ended else None,
        "duration_seconds": seconds if ended else None, "error_message": "States.Timeout" if status == "TIMED_OUT" else None},
        moment, "executions")
    if ended:
        step.count("B12", "brand_workflow_executions_total", status=status)
        step.count("B25", "brand_timeouts_total", int(status == "TIMED_OUT"), component="workflow")


def summary(step, moment, number, flagged):
    matched, confirmed = 400, 350
    excluded = matched - confirmed - flagged
    step.put(f"reports/workflow_{number}_summary.json", {
        "workflow_id": str(number), "execution_time": moment.isoformat() + ".123456", "total_brands_processed": 15,
        "succeeded_brands": 14, "failed_brands": 1, "brands_requiring_review": 2, "success_rate_percent": 93.33,
        "total_combos_matched": matched, "total_combos_confirmed": confirmed, "total_combos_excluded": excluded,
        "total_ties_resolved": 5, "confirmation_rate_percent": 87.5, "exclusion_rate_percent": excluded / 4}, moment, "summaries")
    for result, brands in (("succeeded", 14), ("failed", 1), ("requires_review", 2)):
        step.count("B33", "brand_processed_total", brands, result=result)
    for outcome, combos in (("matched", matched), ("confirmed", confirmed), ("excluded", excluded)):
        step.count("B34", "brand_combos_total", combos, outcome=outcome)
    step.count("B34", "brand_combos_flagged_total", flagged)
    step.count("B35", "brand_ties_resolved_total", 5)


def report(step, kind, moment):
    step.put(f"reports/{kind}_{moment:%Y-%m-%d}.json", {
        "report_title": "Brand Metadata Generator - Performance Report", "period": kind, "summary": {
            "brands_processed": 45, "brands_approved_first_attempt": 33, "brands_requiring_feedback": 12, "average_iterations": 2.3,
            "overall_approval_rate": 0.92}, "accuracy_improvement": "+12% vs previous period",
        "top_issues": ["regex_too_broad (26.7%)"], "success_stories": [], "action_items": [], "generated_at": moment.isoformat() + "Z"},
        moment, "reports:" + kind)


def runbook(step, moment, days):
    text = f"# Escalation Runbook\n\n## Procedures\n\n**Last Updated**: {MONDAY - days * DAY:%Y-%m-%d}\n**Version**: 1.0\n"
    step.files.append({"path": "docs/runbooks/escalation.md", "time": unix(moment), "text": text})
    step.records["runbook"].append(unix(MONDAY - days * DAY))


def analyses(step, moment, day):
    step.put(f"analytics/system_metrics_{moment:%Y-%m-%d}.json", {
        "total_brands": 3000, "brands_processed": day["processed"], "average_approval_rate": day["approval"], "average_confidence_score": 0.82,
        "average_iterations": day["iterations"], "total_feedback_submissions": day["feedback"],
        "brands_requiring_escalation": day["escalated"], "processing_time_avg_seconds": 45.2}, moment, "analytics")
    step.put(f"analytics/feedback_trends_{moment:%Y-%m-%d}.json", {
        "analysis_period": f"{moment - 7 * DAY:%Y-%m-%d} to {moment:%Y-%m-%d}", "total_brands_processed": 3000, "common_issues": [],
        "accuracy_trends": {"average_approval_rate": 0.85, "average_iterations_per_brand": 1.8, "improvement_rate": day["improvement"]}},
        moment, "trends")
    for number in range(10):
        step.put(f"analytics/brand_{number}.json", {
            "brandid": number, "approval_rate": 0.75, "false_positive_rate": day["false_positive"] + number / 1000,
            "false_negative_rate": day["false_negative"] + number / 1000, "iteration_count": 2, "feedback_count": 3,
            "last_updated": written(moment, number), "confidence_score": 0.82}, moment, "accuracy")
    rest = dict(zip(STATUSES, (40, 5, day["awaiting"], 3, 2900, 1)))
    step.put("status/summary.json", {"total_brands": 3000, **rest}, moment, "status")


# --- Logs -------------------------------------------------------------------------------------------------------------

ERRORS = {"permission": ("BackendServiceError", "Failed to query Athena: AccessDeniedException: not authorized to perform athena:Start"),
          "timeout": ("BackendServiceError", "Failed to query workflow statistics from Athena: query timed out after 30s"),
          "query": ("BackendServiceError", "Failed to query workflow statistics from Athena: TABLE_NOT_FOUND"),
          "refused": ("UserInputError", "time_period must be one of last_hour, last_day")}


def tool(step, moment, name, milliseconds, failure=None, log="logs/tools.log"):
    stamp, request = f"{moment:%Y-%m-%d %H:%M:%S}", f"{int(unix(moment)) % 10**6:06d}"
    step.line(log, f"{stamp} - tool.{name} - INFO - Starting tool execution: {name} (request_id={request})")
    record = {"tool_name": name, "request_id": request, "timestamp": moment.isoformat() + ".204113", "parameters": {"time": "last_day"},
              "execution_time_ms": milliseconds}
    if failure:
        kind, text = ERRORS[failure]
        record |= {"status": "error", "error": text, "error_type": kind}
    else:
        record |= {"status": "success", "result_summary": {"success": True, "data_length": 12}}
    step.line(log, f"{stamp} - tool.{name} - {'ERROR' if failure else 'INFO'} - Tool execution "
                   f"{'failed' if failure else 'completed'}: {json.dumps(record)}")
    step.records["tools"].append((unix(moment), record))
    result = "refused" if failure == "refused" else "error" if failure else "success"
    step.count("B20", "mcp_tool_calls_total", tool=name, result=result)
    step.count("B22", "mcp_tool_duration_seconds_count", tool=name)
    step.count("B22", "mcp_tool_duration_seconds_bucket", int(milliseconds <= 5000), tool=name, le="5")
    if name == "submit_feedback":
        step.count("B16", "brand_feedback_processed_total", result="success")
        step.count("B16", "brand_feedback_processing_duration_seconds_bucket", int(milliseconds <= 600000), le="600")
    if failure in ("permission", "timeout", "query"):
        step.count("B21", "athena_query_failures_total", kind=failure)
        step.count("B25", "brand_timeouts_total", int(failure == "timeout"), component="tool")


def agent(step, level, logger, text):
    step.line("logs/agents.log", f"{level}:{logger}:{text}")


def agents(step, day):
    where = "agents.commercial_assessment.tools"
    for number in range(max(day["hits"], day["stores"])):
        key = f"brand_registry_search:brandname=Brand {number}"
        if number < day["hits"]:
            agent(step, "INFO", where, f"Cache hit for {key}")
        if number < day["stores"]:
            agent(step, "INFO", where, f"Cached response for {key}")
    step.count("B23", "mcp_cache_events_total", day["hits"], event="hit")
    step.count("B23", "mcp_cache_events_total", day["stores"], event="store")
    for number in range(day["errors"]):
        agent(step, "ERROR", where, "Error querying Brand Registry MCP: server not available")
    step.count("B17", "brand_agent_errors_total", day["errors"], agent="commercial_assessment", error_type="mcp_query")
    agent(step, "WARNING", "agents.feedback_processing.tools", "Attempt 1 failed, retrying in 1.0s: throttled")
    agent(step, "INFO", "agents.feedback_processing.tools", "Feedback categorized as: regex_too_broad")
    for number in range(day["invalid"]):
        agent(step, "WARNING", where, f"Brand not found: Brand {number}")
    step.count("B18", "brand_validation_failures_total", day["invalid"], kind="not_found")
