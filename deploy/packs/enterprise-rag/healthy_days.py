"""Healthy days of the question answering pipeline, hour by hour: for the test that no alert fires. Scores, lengths and what is
blocked vary at random; nights and weekends are quieter."""

import json
import random

from service import DAY, EXAMPLES, GOOD, HOUR, MINUTE, START, Step, drift_check, request
from service_files import (annotation, baseline, configuration, evaluation, feedback, golden, keys, load_test, packages, receipt,
                           triage)

BEGIN = START
KEPT = 30  # hours for which a job leaves the traces
RERANKED = 0.03  # of the retrievals, so that the free tier of the reranker is enough for a month


def rate(day, hour):
    """Questions in an hour."""
    busy = 40 if 8 <= hour < 18 else 6
    return busy if day % 7 < 5 else max(4, busy // 4)  # the first day is a Monday


def clusters(week):
    """What failed in a week is mended in the next."""
    return {f"how to change address, {week}?": "hallucination", f"what is new, {week}?": "retrieval_failure"}


def operations(step, source, day, hour, now):
    if hour == 2:
        evaluation(step, now, round(source.gauss(0.92, 0.005), 4))
    if hour == 3 and day % 7 == 0:
        failures = {"hallucination": 12 + source.randrange(4), "retrieval_failure": 9 + source.randrange(4), "wrong_route": 4}
        triage(step, now.replace(hour=0) - 7 * DAY, failures, clusters(day // 7))
        step.log(now, "pipeline_starting")
        step.log(now + MINUTE, "hhem_model_loading", model="vectara/hallucination_evaluation_model")
        step.log(now + 2 * MINUTE, "hhem_model_loaded", model="vectara/hallucination_evaluation_model")
    if hour == 10 and day % 7 == 1:
        step.log(now, "chunking_complete", document="notes.pdf", chunks=12)
        step.log(now, "batch_upserted", count=12)
        for number in range(5):
            annotation(step, now, 10 * day + number, "pending")
    if hour == 15 and day % 7 == 3:
        for number in range(5):
            annotation(step, now, 10 * (day - 2) + number, "completed")
            step.file(f"annotations/pending/trace-{10 * (day - 2) + number}.json", now, None)
        if day == 3:
            step.file("annotations/pending/trace-3.json", now, None)
            annotation(step, now, 3, "completed")
        golden(step, now, {category: count + day // 7 for category, count in EXAMPLES.items()})
    if hour == 11 and day % 3 == 0:
        receipt(step, now, f"d{day}", "completed")
    if hour == 12 and day % 28 == 14:
        load_test(step, now, 2150)
        packages(step, now, "4.57.1", vulnerable=False)


def begin(step):
    now = START - HOUR
    for week in (4, 3, 2):
        triage(step, START - week * 7 * DAY, {"hallucination": 13, "retrieval_failure": 10, "wrong_route": 4}, clusters(-week))
    for number in range(30):
        feedback(step, START - number * 5 * HOUR - MINUTE, "positive", logged=False)
    for number in range(3):
        annotation(step, now, number, "completed")
    annotation(step, now, 3, "pending")  # which the first week completes
    evaluation(step, now, 0.92)
    receipt(step, now, "d", "completed")
    baseline(step, now)
    load_test(step, now, 2100)
    packages(step, now, "4.57.1", vulnerable=False)
    keys(step, now, {"k1": START - 50 * DAY}, START - DAY)
    configuration(step, now, 0.85)
    golden(step, now, EXAMPLES)
    step.log(START - HOUR, "pipeline_starting")
    step.log(START - HOUR, "hhem_model_loading", model="vectara/hallucination_evaluation_model")
    step.log(START - HOUR + MINUTE, "hhem_model_loaded", model="vectara/hallucination_evaluation_model")
    step.log(START - HOUR + 2 * MINUTE, "chunking_complete", document="handbook.pdf", chunks=40)
    step.log(START - HOUR + 2 * MINUTE, "batch_upserted", count=40)


def entries(step, source):
    lines = [line for line in step.lines() if "reranking_complete" not in line or source.random() < RERANKED]
    log = [{"append": "logs/pipeline.log", "text": "".join(line + "\n" for line in lines)}]
    for file in step.files:
        content = file["content"]
        if content is None:
            log.append({"remove": file["path"]})
        else:
            log.append({"path": file["path"], "time": file["modified"], "text": content if isinstance(content, str) else json.dumps(content)})
    return log


def steps(days):
    """(when the hour ends, its entries as sample_steps.unpack() reads them)."""
    source, traces = random.Random(20260302), []
    step = Step(1)
    begin(step)
    for hours in range(-1, days * 24):
        day, hour = divmod(hours, 24)
        now = START + hours * HOUR
        count = rate(day, hour)
        for number in range(count):
            chance = source.random()
            kind = "blocked" if chance < 0.005 else "pii" if chance < 0.01 else "empty" if chance < 0.015 else "plain"
            at = now + number * (HOUR / count)
            request(step, at, GOOD | {"similarity": source.gauss(0.72, 0.005)}, kind)
            if source.random() < 0.08:
                feedback(step, at + MINUTE / 2, "negative" if source.random() < 0.2 else "positive")
        operations(step, source, day, hour, now)
        drift_check(step, now + HOUR - MINUTE, GOOD | {"centroid": round(source.uniform(0.02, 0.08), 3)})
        traces.append([file["path"] for file in step.files if file["path"].startswith("traces/")])
        if len(traces) > KEPT:
            step.files += [{"path": path, "modified": 0, "content": None} for path in traces.pop(0)]
        yield (now + HOUR).timestamp(), entries(step, source)
        step = Step(1000 + hours, step)
        step.moments = {}
