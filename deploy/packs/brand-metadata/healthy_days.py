"""Healthy days of the metadata generator, hour by hour: for the test that no alert fires. Working hours are from 8 to 18."""

import random

from make_sample import runbook
from sample_steps import unix
from service import CATEGORIES, DAY, GOOD, HOUR, MINUTE, MONDAY, Step, agents, analyses, escalate, execution, feedback, metadata, report, summary, tool

BEGIN = MONDAY
REASONS = ("low_confidence", "ambiguous_name", "data_quality")


def begin(step, source):
    runbook(step, MONDAY, 20)
    report(step, "monthly", MONDAY - 20 * DAY)
    report(step, "weekly", MONDAY - 7 * DAY)
    report(step, "daily", MONDAY - 6 * HOUR)
    analyses(step, MONDAY - 7 * HOUR, GOOD)
    for number in range(40):
        metadata(step, source, MONDAY - 2 * DAY + number * HOUR, 5000 + number, 0.9)
        feedback(step, MONDAY - 7 * DAY + number * 4 * HOUR, 5000 + number, CATEGORIES[number % 6])


def tools(step, source, now):
    for number in range(30):
        name = source.choice(["query_metadata", "execute_athena_query", "execute_athena_query", "get_brand"])
        failure = "refused" if source.random() < 0.02 else "query" if source.random() < 0.001 else None
        tool(step, now + number * 2 * MINUTE, name, int(source.lognormvariate(6.3, 0.5)), failure)


def working_hour(step, source, now, brands, running):
    """The executions that run at its end."""
    for number in running:
        execution(step, now - 5 * MINUTE, number, "SUCCEEDED", 280)
    for index in range(4):
        brand = brands + index
        execution(step, now + (5 + index) * MINUTE, brand, "SUCCEEDED", int(source.uniform(200, 500)))
        metadata(step, source, now + (20 + index) * MINUTE, brand, 0.55 if source.random() < 0.03 else 0.7 if source.random() < 0.1 else 0.9)
    execution(step, now + 55 * MINUTE, brands + 4, "RUNNING", 0)
    if source.random() < 0.8:
        feedback(step, now + 30 * MINUTE, brands, source.choice(CATEGORIES))
        tool(step, now + 31 * MINUTE, "submit_feedback", int(source.uniform(120000, 300000)))
    summary(step, now + 40 * MINUTE, brands, source.randrange(25))
    agents(step, GOOD | {"errors": int(source.random() < 0.1), "invalid": int(source.random() < 0.2), "hits": 60 + source.randrange(30)})
    return [brands + 4]


def steps(days):
    """(when the hour ends, its entries as sample_steps.unpack() reads them)."""
    source, step, running, waiting, brands = random.Random(20250825), Step(), [], [], 6000
    begin(step, source)
    for hours in range(-1, days * 24):
        now, (day, hour) = MONDAY + hours * HOUR, divmod(hours, 24)
        tools(step, source, now)
        for opened, number, reason in [entry for entry in waiting if now - entry[0] >= 18 * HOUR]:
            escalate(step, opened, number, reason, "resolved")
            waiting.remove((opened, number, reason))
        if 8 <= hour < 18 or hours == -1:
            running = working_hour(step, source, now, brands, running)
            brands += 5
        elif running:
            execution(step, now - 5 * MINUTE, running.pop(), "SUCCEEDED", 280)
        if hour in (9, 15) or hours == -1:
            waiting.append((now + 10 * MINUTE, brands, source.choice(REASONS)))
            escalate(step, *waiting[-1])
        if hour == 17:
            day_of = {"approval": round(source.uniform(0.7, 0.8), 3), "escalated": source.randrange(4), "awaiting": 15 + source.randrange(20),
                      "iterations": round(source.uniform(2, 2.8), 2), "improvement": round(source.uniform(0.1, 0.15), 3)}
            analyses(step, now + 30 * MINUTE, GOOD | day_of)
            report(step, "daily", now + 40 * MINUTE)
        if hour == 8 and day % 7 == 0:
            report(step, "weekly", now)
        if hour == 9 and day % 30 == 9:
            report(step, "monthly", now)
        yield unix(now + HOUR), step.files
        step.files = []
