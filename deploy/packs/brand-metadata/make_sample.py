#!/usr/bin/env python3
"""Writes sample/, the exports and logs of the metadata generator in their real shapes, and truth.json, what a reader must find.

Simulated time: two weeks, and another day for each scenario. The same seed gives the same bytes. A step of the sample is a
file with one line for each file of the service, because most of these hold a single record.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        unpack a step of the sample as the service would write it, with file times
       make_sample.py --days N DIRECTORY             write what the service writes in so many healthy days
"""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sample_steps import run, unix, write_steps  # noqa: E402
from sample_truth import SCANS, scenario  # noqa: E402
from service import (CATEGORIES, DAY, GOOD, HOUR, MINUTE, MONDAY, NOW, REASONS, Step, agents, analyses, escalate, execution,  # noqa: E402
                     feedback, metadata, report, runbook, summary, tool)

HERE = pathlib.Path(__file__).resolve().parent

SCENARIOS = {
    "healthy": {},
    "borderline": {"escalated": 4, "false_positive": 0.11, "approval": 0.55, "iterations": 5.0, "improvement": 0.05, "awaiting": 100, "near": [8],
                   "seconds": 890, "flagged": 50, "feedback_seconds": 590, "athena": ["query"] * 3, "errors": 10, "invalid": 4,
                   "hits": 55, "stores": 45},
    "incident": {"escalated": 6, "approval": 0.35, "iterations": 5.6, "improvement": 0.03, "awaiting": 140, "confidence": (0.79, 0.5),
                 "false_positive": 0.24, "false_negative": 0.21, "feedback": 56, "category": "ambiguous_name", "near": [9, 10],
                 "reasons": list(REASONS), "overdue": 1, "failed": ["FAILED", "FAILED", "FAILED", "TIMED_OUT"], "hanging": True, "seconds": 1200,
                 "flagged": 60, "feedback_seconds": 760, "athena": ["permission"] * 2 + ["timeout"] * 4 + ["query"] * 5, "slow": 9,
                 "errors": 14, "invalid": 8, "hits": 20, "stores": 80},
    "dirty": {"dirty": True},
}


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
    runbook(step, MONDAY - 12 * DAY, 60)
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
    for number, status in enumerate(day["failed"]):  # of one brand, and of another
        execution(step, MONDAY + 17 * HOUR + (15 + number) * MINUTE, 80 if status == "FAILED" else 60, status, 900)
    if day["hanging"]:
        execution(step, NOW - 3 * HOUR, 91, "RUNNING", 0)
        execution(step, NOW - 26 * HOUR, 92, "RUNNING", 0, "brand_metagen_hitl_prod")
        runbook(step, NOW, 130)
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
