#!/usr/bin/env python3
"""Writes sample/, the exports and logs of the metadata generator in their real shapes, and truth.json, what a reader must find.

Simulated time: two weeks, and another day for each scenario. The same seed gives the same bytes. A step of the sample is a
file with one line for each file of the service, because most of these hold a single record.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        unpack a step of the sample as the service would write it, with file times
"""

import datetime
import json
import pathlib
import random
import sys
from collections import Counter, defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from sample_steps import run, series, unix, write_steps  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
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
    "seconds": 300, "flagged": 12, "feedback_seconds": 170, "athena": [], "slow": 0, "errors": 2, "invalid": 1,
    "hits": 80, "stores": 20, "dirty": False,
}
SCENARIOS = {
    "healthy": {},
    "borderline": {"escalated": 4, "false_positive": 0.11, "approval": 0.55, "iterations": 5.0, "improvement": 0.05, "awaiting": 100, "near": [8],
                   "seconds": 890, "flagged": 50, "feedback_seconds": 590, "athena": ["query"] * 3, "errors": 10, "invalid": 4,
                   "hits": 55, "stores": 45},
    "incident": {"escalated": 6, "approval": 0.35, "iterations": 5.6, "improvement": 0.03, "awaiting": 140, "confidence": (0.79, 0.5),
                 "false_positive": 0.24, "false_negative": 0.21, "feedback": 56, "category": "ambiguous_name", "near": [9, 10],
                 "reasons": list(REASONS), "overdue": 1, "failed": ["FAILED", "FAILED", "FAILED", "TIMED_OUT"], "seconds": 1200,
                 "flagged": 60, "feedback_seconds": 760, "athena": ["permission"] * 2 + ["timeout"] * 4 + ["query"] * 5, "slow": 9,
                 "errors": 14, "invalid": 8, "hits": 20, "stores": 80},
    "dirty": {"dirty": True},
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
    step.put(f"workflow-executions/brand-{number}.json", {
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


def dirty(step, moment):
    """What breaks readers: the values stay those of a good day."""
    for path, text in (("escalations/brand_1_ESC-cut.json", '{"escalation_id": "ESC-cut", "status": "op'), ("metadata/brand_901.json", ""),
                       ("feedback/brand_1_v1_list.json", "[1, 2"), ("reports/workflow_9_summary.json", "<Error>NoSuchKey</Error>")):
        step.files.append({"path": path, "time": unix(moment), "text": text})
    step.line("logs/tools.log", "REPORT RequestId: 4c1 Duration: 102.25 ms Billed Duration: 103 ms")
    step.line("logs/tools.log", f'{moment:%Y-%m-%d %H:%M:%S} - tool.query_metadata - INFO - Tool execution completed: {{"tool_name": "qu')
    step.files.append({"rename": "logs/tools.log", "to": "logs/tools.log.1"})
    tool(step, moment - DAY, "query_metadata", 300)  # the clock went back
    step.line("logs/agents.log", "", repeat=1_100_000)
    step.files.append({"append": "logs/agents.log", "bytes": b"INFO:agents.evaluator.tools:caf\xe9\n".hex()})
    pattern = f'{moment:%Y-%m-%d %H:%M:%S} - tool.scan_%d - INFO - Tool execution completed: {{"tool_name": "scan", "status": "success"}}'
    step.files.append({"append": "logs/tools.log", "count": SCANS, "text": pattern + "\n"})


# --- The days ---------------------------------------------------------------------------------------------------------


def first():
    """Two weeks up to Sunday evening."""
    source, step = random.Random(20250810), Step()
    for row, name, labels in (
            [("B9", "brand_escalations_total", {"level": "operational", "reason": reason}) for reason in REASONS]
            + [("B11", "brand_iteration_limit_reached_total", {})]
            + [("B12", "brand_workflow_executions_total", {"status": status}) for status in ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")]
            + [("B13", "brand_feedback_total", {"category": category}) for category in [*CATEGORIES, "unknown"]]
            + [("B21", "athena_query_failures_total", {"kind": kind}) for kind in ("permission", "timeout", "query")]
            + [("B25", "brand_timeouts_total", {"component": component}) for component in ("workflow", "tool", "agent")]):
        step.count(row, name, 0, **labels)
    start = MONDAY - 15 * DAY
    for day in range(15):
        for index in range(4):
            moment = start + day * DAY + (9 + index) * HOUR
            feedback(step, moment, day * 4 + index, CATEGORIES[(day + index) % 5])
    for number in range(60):
        metadata(step, source, MONDAY - 6 * DAY + number * 2 * HOUR, 100 + number, (0.93, 0.83)[number % 2] if number % 15 else 0.55)
    for number in range(16):
        execution(step, MONDAY - 3 * DAY + number * 4 * HOUR, number, "SUCCEEDED", 240 + 10 * number)
    execution(step, MONDAY - DAY, 16, "SUCCEEDED", 50000, "brand_metagen_hitl_prod")
    execution(step, MONDAY - HOUR, 17, "RUNNING", 0)
    for number in range(3):
        execution(step, MONDAY - (30 - number) * MINUTE, 80 + number, "SUCCEEDED", 280)
    escalate(step, MONDAY - 3 * DAY, 21, "iteration_limit", "resolved")
    escalate(step, MONDAY - 5 * HOUR, 22, "low_confidence")
    escalate(step, MONDAY - 30 * HOUR, 23, "data_quality", level="engineering")
    summary(step, MONDAY - DAY, 1, 10)
    report(step, "monthly", MONDAY - 20 * DAY)
    report(step, "weekly", MONDAY - 7 * DAY)
    report(step, "daily", MONDAY - 6 * HOUR)
    analyses(step, MONDAY - 10 * HOUR, GOOD)
    for number in range(30):
        tool(step, MONDAY - 8 * HOUR + number * 10 * MINUTE, ("query_metadata", "execute_athena_query")[number % 2], 400 + number)
    for number in range(3):
        tool(step, MONDAY - (120 - number) * MINUTE, "submit_feedback", 150000)
    agents(step, GOOD | {"errors": 1, "invalid": 0})
    return step


def last(name, changes, before):
    """Monday, up to six in the evening."""
    source, day, step = random.Random(name), GOOD | changes, Step(before)
    execution(step, MONDAY - HOUR, 17, "SUCCEEDED", 300)
    for index in range(day["feedback"]):
        category = day["category"] or CATEGORIES[index % 5]
        feedback(step, MONDAY + 8 * HOUR + index * 10 * MINUTE, 300 + index, category)
    for index, version in enumerate(day["near"]):
        feedback(step, MONDAY + 17 * HOUR + (40 + index) * MINUTE, 400 + index, "general", version)
    for number in range(40):
        metadata(step, source, MONDAY + 7 * HOUR + number * 15 * MINUTE, 200 + number, day["confidence"][number % 2])
    for index, reason in enumerate(day["reasons"]):
        escalate(step, MONDAY + (9 + index) * HOUR, 30 + index, reason)
    escalate(step, MONDAY - 5 * HOUR, 22, "low_confidence", "resolved" if not day["overdue"] else "pending")
    if day["overdue"]:
        escalate(step, NOW - 26 * HOUR, 40, "ambiguous_name")
        escalate(step, NOW - 50 * HOUR, 41, "data_quality", level="engineering")
        escalate(step, NOW - 8 * DAY, 42, "other", level="product")
        escalate(step, MONDAY - 30 * HOUR, 23, "data_quality", "resolved", level="engineering")
    for number in range(5):
        execution(step, MONDAY + 17 * HOUR + (5 + number) * MINUTE, 50 + number, "SUCCEEDED", day["seconds"] + number)
    for number, status in enumerate(day["failed"]):
        execution(step, MONDAY + 17 * HOUR + (15 + number) * MINUTE, 60 + number, status, 900)
    execution(step, MONDAY + 16 * HOUR, 70, "SUCCEEDED", 40000, "brand_metagen_hitl_prod")
    summary(step, MONDAY + 17 * HOUR, 2, day["flagged"] // 2)
    summary(step, MONDAY + 17 * HOUR + 30 * MINUTE, 3, day["flagged"] - day["flagged"] // 2)
    report(step, "weekly", MONDAY + 8 * HOUR)
    report(step, "daily", MONDAY + 17 * HOUR)
    analyses(step, MONDAY + 17 * HOUR, day)
    for number in range(90):
        failure = day["athena"][number // 4] if number % 4 == 0 and number // 4 < len(day["athena"]) else None
        tool(step, MONDAY + 17 * HOUR + number * MINUTE / 2, "execute_athena_query", 7000 if number % 10 < day["slow"] else 600, failure)
    for number in range(20):
        tool(step, MONDAY + 17 * HOUR + (46 + number / 2) * MINUTE, "query_metadata", 350, "refused" if number % 5 == 0 else None)
    for number in range(4):
        tool(step, MONDAY + 17 * HOUR + (56 + number / 2) * MINUTE, "submit_feedback", 1000 * (day["feedback_seconds"] + number))
    agents(step, day)
    if day["dirty"]:
        dirty(step, MONDAY + 17 * HOUR + 59 * MINUTE)
    return step


# --- What must be found -----------------------------------------------------------------------------------------------


def in_window(records, over, parts=180):
    """The records of the last `over` seconds, by steps: the shortest one that divides it into at most so many parts."""
    units = [1, 2, 4, 5, 10, 15, 20, 30]
    steps = units + [60 * unit for unit in units] + [3600 * hours for hours in (1, 2, 3, 4, 6, 12)]
    step = next(step for step in steps if over % step == 0 and over // step <= parts)
    end = max(time for time, _ in records)
    start = (end // step + 1) * step - over
    return [(time, record) for time, record in records if time >= start]


def mean(values):
    return sum(values) / len(values)


def windows(step, add, absent):
    week = 7 * 86400
    scores = [record["confidence_score"] for _, record in in_window(step.records["metadata"], week)]
    add("B4", "brand_confidence_high_ratio", mean([score > 0.8 for score in scores]))
    add("B4", "brand_confidence_low_ratio", mean([score < 0.6 for score in scores]))
    add("B4", "brand_confidence_low_samples", len(scores))
    for row, name, field in (("B6", "brand_false_positive_ratio", "false_positive_rate"), ("B7", "brand_false_negative_ratio", "false_negative_rate")):
        add(row, name, mean([record[field] for _, record in in_window(step.records["accuracy"], 86400)]))
    recent = [record for _, record in in_window(step.records["feedback"], week)]
    near = {record["brandid"]: record["metadata_version"] for record in recent if record["metadata_version"] >= 8}
    for brand, version in near.items():
        add("B11", "brand_near_limit_iterations", version, brandid=brand)
    if not near:
        absent("B11", "brand_near_limit_iterations", brandid=400)
    for category, count in Counter(record["category"] for record in recent).items():
        add("B14", "brand_feedback_of_category", count, category=category)
    brands = defaultdict(set)
    for _, record in in_window(step.records["feedback"], week, 30):
        brands[record["category"]].add(record["brandid"])
    for category, found in brands.items():
        add("B14", "brand_feedback_of_category_brands", len(found), category=category)
    ended = sorted((time, record["status"]) for time, record in step.records["executions"] if record["status"] != "RUNNING")
    failed = 0
    for _, status in ended:
        failed = 0 if status == "SUCCEEDED" else failed + 1
    add("B12", "brand_workflow_failures_in_row", failed)
    add("B16", "brand_feedback_of_day", len(in_window(step.records["feedback"], 86400)))
    seconds = [record["execution_time_ms"] / 1000 for _, record in in_window(step.records["tools"], 6 * 3600) if record["tool_name"] == "submit_feedback"]
    add("B16", "brand_feedback_processing_mean_seconds", mean(seconds))
    seconds = [record["duration_seconds"] for _, record in in_window(step.records["executions"], 3600)
               if record["status"] == "SUCCEEDED" and "hitl" not in record["execution_arn"]]
    add("B24", "brand_workflow_mean_seconds", mean(seconds))
    add("B24", "brand_workflow_mean_samples", len(seconds))
    flagged = [record["total_combos_matched"] - record["total_combos_confirmed"] - record["total_combos_excluded"]
               for _, record in in_window(step.records["summaries"], 3600)]
    add("B34", "brand_combos_flagged_of_hour", sum(flagged))
    failures = defaultdict(list)
    for _, record in in_window(step.records["tools"], 3600):
        if record.get("error_type") != "UserInputError":
            failures[record["tool_name"]].append(record["status"] == "error")
    for name, failed in failures.items():
        add("B20", "mcp_tool_failure_ratio", mean(failed), tool=name)


def gauges(step, add, absent):
    _, system = step.records["analytics"][-1]
    add("B1", "brand_escalation_ratio", system["brands_requiring_escalation"] / system["brands_processed"])
    add("B2", "brand_approval_ratio", system["average_approval_rate"])
    add("B2", "brand_first_attempt_approval_ratio", 33 / 45, period="daily")
    add("B2", "leeway_quality_check_passed", int(system["average_approval_rate"] <= 1), quality="analytics", check="approval rate",
        column="average_approval_rate")
    add("B3", "brand_iterations_avg", system["average_iterations"])
    add("B5", "brand_improvement_ratio", step.records["trends"][-1][1]["accuracy_trends"]["improvement_rate"])
    current = {record["escalation_id"]: (time, record) for time, record in step.records["escalations"]}
    for name, (time, record) in current.items():
        labels = {"escalation_id": name, "level": record.get("level", "operational")}
        if record["status"] == "resolved":
            absent("B8", "brand_escalation_open_timestamp_seconds", **labels)
        else:
            add("B8", "brand_escalation_open_timestamp_seconds", time, **labels)
            add("B10", "brand_escalation_open_timestamp_seconds", time, **labels)
    _, status = step.records["status"][-1]
    for name in STATUSES:
        add("B15", "brand_status", status[name], status=name)
    absent("B15", "brand_status", status="total_brands")
    for kind in ("daily", "weekly", "monthly"):
        add("B32", "report_last_generated_timestamp_seconds", max(time for time, _ in step.records["reports:" + kind]), period=kind)
    add("B33", "brand_workflow_success_ratio", 0.9333)
    scores = [record["confidence_score"] for _, record in step.records["metadata"]]
    add("B4", "brand_confidence_score_count", len(scores))
    add("B4", "brand_confidence_score_bucket", sum(score <= 0.6 for score in scores), le="0.6")
    ended = [record for _, record in step.records["executions"] if record["status"] == "SUCCEEDED" and "hitl" in record["execution_arn"]]
    add("B24", "brand_workflow_duration_seconds_count", len(ended), workflow="human_review")


ALERTS = {
    "B1": ["BrandEscalationRateHigh"], "B2": ["BrandApprovalLow", "BrandApprovalPoor", "BrandAnalyticsUnits"], "B3": ["BrandIterationsHigh"],
    "B4": ["BrandLowConfidence", "BrandFewConfident"], "B5": ["BrandImprovementLow"],
    "B6": ["BrandFalsePositivesHigh", "BrandFalsePositivesPoor"], "B7": ["BrandFalseNegativesHigh", "BrandFalseNegativesPoor"],
    "B8": ["BrandEscalationSLAOperational", "BrandEscalationSLAEngineering", "BrandEscalationSLAProduct"],
    "B11": ["BrandNearIterationLimit"], "B12": ["BrandWorkflowFailed", "BrandWorkflowFailingRepeatedly"], "B14": ["BrandFeedbackCategoryRising", "BrandSystematicIssue"],
    "B15": ["BrandReviewBacklog"], "B16": ["BrandFeedbackSlow", "BrandFeedbackVolumeHigh"], "B17": ["BrandAgentErrors"],
    "B18": ["BrandValidationFailures"], "B20": ["MCPToolFailureRatio"], "B21": ["AthenaPermissionDenied", "AthenaQueriesFailing"],
    "B22": ["MCPSlow"], "B23": ["MCPCacheMisses"], "B24": ["BrandWorkflowSlow"], "B25": ["BrandTimeouts"],
    "B32": ["BrandDailyReportOverdue", "BrandWeeklyReportOverdue", "BrandMonthlyReportOverdue"], "B34": ["BrandManualReviewSpike"],
}
OVERDUE = [name for name in ALERTS["B8"] if "Product" not in name] + ALERTS["B32"]
FIRES = {
    "healthy": [], "dirty": [], "percent": ["BrandAnalyticsUnits"],
    "borderline": ["BrandApprovalLow", "BrandNearIterationLimit", "BrandFalsePositivesHigh"],
    "incident": [name for names in ALERTS.values() for name in names
                 if name not in [*ALERTS["B32"], "BrandAnalyticsUnits"]],
    "silent": OVERDUE,
}
# Of the dirty day, beside what the others have: what could not be read.
SCANS = 10_000  # names of tools, of which a metric holds 150 series and a window 50
LOST = {
    series("leeway_source_rejected_file_versions_total", source="escalations", reason="truncated"): 1,
    series("leeway_source_rejected_file_versions_total", source="feedback", reason="truncated"): 1,
    series("leeway_source_rejected_file_versions_total", source="metadata", reason="empty"): 1,
    series("leeway_source_rejected_file_versions_total", source="summaries", reason="syntax"): 1,
    series("leeway_source_rejected_file_versions_total", source="summary_numbers", reason="syntax"): 1,
    series("leeway_source_rejected_lines_total", source="tools", reason="no_format"): 1,
    series("leeway_source_rejected_lines_total", source="agents", reason="too_long"): 1,
    series("leeway_source_late_records_total", source="tools"): 2,
    series("leeway_window_late_records_total", window="mcp_tool_failure_ratio"): 1,
    series("leeway_metric_overflowed_records_total", metric="mcp_tool_calls_total"): SCANS - (150 - 4),
    series("leeway_metric_overflowed_records_total", metric="mcp_tool_failure_ratio"): SCANS - (50 - 3),
}


def scenario(name, steps, step, now):
    rows = defaultdict(lambda: {"values": {}, "absent": []})

    def add(row, metric, value, **labels):
        rows[row]["values"][series(metric, **labels)] = value

    def absent(row, metric, **labels):
        rows[row]["absent"].append(series(metric, **labels))
    gauges(step, add, absent)
    windows(step, add, absent)
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
    steps["percent"] = percent = Step(steps["healthy"])
    analyses(percent, NOW - HOUR / 2, GOOD | {"approval": 85.0})
    truth = {"scenarios": {name: scenario(name, ["first", name], steps[name], NOW) for name in SCENARIOS}}
    truth["scenarios"]["percent"] = scenario("percent", ["first", "healthy", "percent"], percent, NOW)
    truth["scenarios"]["silent"] = scenario("silent", ["first"], begin, MONDAY + 19 * DAY)
    write_steps(directory, {name: step.files for name, step in steps.items()}, truth)


if __name__ == "__main__":
    run(HERE, write)
