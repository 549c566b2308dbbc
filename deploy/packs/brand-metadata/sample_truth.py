"""What a reader must find in a scenario of the sample, by row of the requirements."""

from collections import Counter, defaultdict

from sample_steps import series, unix
from service import STATUSES

SCANS = 10_000  # names of tools, of which a metric holds 150 series and a window 50


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
    for number in {record["brandid"] for _, record in step.records["executions"] if record["status"] != "RUNNING"}:
        outcomes = [record["status"] for _, record in sorted(step.records["executions"], key=lambda entry: entry[0])
                    if record["brandid"] == number and record["status"] != "RUNNING"]
        add("B12", "brand_failures_in_row", len(outcomes) - 1 - max((index for index, status in enumerate(outcomes) if status == "SUCCEEDED"),
                                                                    default=0), brandid=number)
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
    newest = {record["execution_arn"] + record["start_time"]: record for _, record in step.records["executions"]}
    for time, record in step.records["executions"]:
        if newest[record["execution_arn"] + record["start_time"]]["status"] == "RUNNING":
            kind = "human_review" if "hitl" in record["execution_arn"] else "automatic"
            add("B24", "brand_workflow_running_timestamp_seconds", time, brandid=record["brandid"], workflow=kind)
    if "91" not in str(newest):
        absent("B24", "brand_workflow_running_timestamp_seconds", brandid=91, workflow="automatic")
    add("B37", "runbook_last_updated_timestamp_seconds", step.records["runbook"][-1], runbook="escalation")
    add("B24", "brand_workflow_duration_seconds_count", len(ended), workflow="human_review")


ALERTS = {
    "B1": ["BrandEscalationRateHigh"], "B2": ["BrandApprovalLow", "BrandApprovalPoor", "BrandAnalyticsUnits"], "B3": ["BrandIterationsHigh"],
    "B4": ["BrandLowConfidence", "BrandFewConfident"], "B5": ["BrandImprovementLow"],
    "B6": ["BrandFalsePositivesHigh", "BrandFalsePositivesPoor"], "B7": ["BrandFalseNegativesHigh", "BrandFalseNegativesPoor"],
    "B8": ["BrandEscalationSLAOperational", "BrandEscalationSLAEngineering", "BrandEscalationSLAProduct"],
    "B11": ["BrandNearIterationLimit"], "B12": ["BrandWorkflowFailed", "BrandWorkflowFailingRepeatedly", "BrandFailsRepeatedly"], "B14": ["BrandFeedbackCategoryRising", "BrandSystematicIssue"],
    "B15": ["BrandReviewBacklog"], "B16": ["BrandFeedbackSlow", "BrandFeedbackVolumeHigh"], "B17": ["BrandAgentErrors"],
    "B18": ["BrandValidationFailures"], "B20": ["MCPToolFailureRatio"], "B21": ["AthenaPermissionDenied", "AthenaQueriesFailing"],
    "B22": ["MCPSlow"], "B23": ["MCPCacheMisses"], "B24": ["BrandWorkflowSlow", "BrandWorkflowHangs", "BrandReviewHangs"], "B25": ["BrandTimeouts"],
    "B32": ["BrandDailyReportOverdue", "BrandWeeklyReportOverdue", "BrandMonthlyReportOverdue"], "B34": ["BrandManualReviewSpike"], "B37": ["BrandRunbookReviewDue"],
}
OVERDUE = [name for name in ALERTS["B8"] if "Product" not in name] + ALERTS["B32"] + ["BrandWorkflowHangs"]
FIRES = {
    "healthy": [], "dirty": [], "percent": ["BrandAnalyticsUnits"],
    "borderline": ["BrandApprovalLow", "BrandNearIterationLimit", "BrandFalsePositivesHigh"],
    "incident": [name for names in ALERTS.values() for name in names
                 if name not in [*ALERTS["B32"], "BrandAnalyticsUnits"]],
    "silent": OVERDUE,
}
# Of the dirty day, beside what the others have: what could not be read.
LOST = {
    series("leeway_source_rejected_file_versions_total", source="escalations", reason="truncated"): 1,
    series("leeway_source_rejected_file_versions_total", source="feedback", reason="truncated"): 1,
    series("leeway_source_rejected_file_versions_total", source="metadata", reason="empty"): 1,
    series("leeway_source_rejected_file_versions_total", source="summaries", reason="syntax"): 1,
    series("leeway_source_rejected_file_versions_total", source="summary_numbers", reason="syntax"): 1,
    series("leeway_source_rejected_lines_total", source="tools", reason="no_format"): 1,
    series("leeway_source_rejected_lines_total", source="agents", reason="too_long"): 1,
    series("leeway_source_anomalies_total", source="agents", kind="invalid_utf8"): 1,
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
