#!/usr/bin/env python3
"""Writes sample/, the log and the files of the question answering pipeline in their real shapes, and truth.json, what a
reader must find in them.

Simulated time: a healthy week, then one hour of each scenario. The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                    write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY        write the files of a step over a directory, with their times
       make_sample.py --days N DIRECTORY             write what the service writes in so many healthy days
A step holds what the service writes within it: `first`, then one of the others. files.jsonl has a file on each line.
"""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sample_steps import run  # noqa: E402
from sample_truth import truth_of  # noqa: E402
from service import DAY, EXAMPLES, FREE, GOOD, HOUR, MINUTE, NOON, SCORE_BOUNDS, START, Step, audit, one_hour, request, stamp  # noqa: E402
from service_files import (annotation, baseline, configuration, evaluation, feedback, golden, keys, load_test, packages, receipt,  # noqa: E402
                           triage)

SEED = 20260302
# Lines of a sample that stand for more: one of a million bytes, a rotation of the log, and ten thousand lines with a number each.
LONG, ROTATE, MANY = "a line that is too long", "the log is rotated", "ten thousand of "
SCENARIOS = {
    "warning": {"requests": 120, "hhem": 0.79, "similarity": 0.655, "model": FREE, "blocked": 3, "pii": 2},
    "incident": {"requests": 120, "hhem": 0.6, "similarity": 0.2, "empty": 9, "blocked": 45, "failing": 24, "pii": 25,
                 "centroid": 0.18, "drift": True},
    "dirty": {},
}


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
    for week in (3, 2, 1):
        triage(step, START - week * 7 * DAY, {"hallucination": 8, "retrieval_failure": 5}, {f"refunds {week}?": "hallucination", f"limits {week}?": "retrieval_failure"})
    triage(step, START, {"hallucination": 7, "retrieval_failure": 6, "other": 1}, {"opening hours?": "hallucination"})
    golden(step, NOON - DAY, EXAMPLES)
    for number in range(4):
        annotation(step, NOON - DAY, number, "pending")
    for number in range(10, 13):
        annotation(step, NOON - DAY, number, "completed")
    receipt(step, NOON - 2 * DAY, "d1", "completed")
    baseline(step, START)
    load_test(step, NOON - DAY, 2310)
    packages(step, NOON - DAY, "4.57.1", vulnerable=False)
    keys(step, START, {"k1": NOON - 80 * DAY, "k2": NOON - 10 * DAY}, NOON - 2 * DAY)
    configuration(step, START, 0.85)
    step.day_before = audit(step, NOON - DAY, "experiment_assignment")
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
        receipt(step, NOON - 74 * HOUR, "d3", "failed", logged=False)
        load_test(step, NOON, 2600, failed=3)
        packages(step, NOON, "5.0.0", vulnerable=True)
        keys(step, NOON, {"k1": NOON - 91 * DAY}, NOON - 91 * DAY)
        configuration(step, NOON, 0.5)
        golden(step, NOON, dict(list(EXAMPLES.items())[:3]))
        # Of the events of the audit two have no file, and one of the files of the day before is gone.
        audit(step, NOON + 6 * MINUTE, "config_change", written=False)
        audit(step, NOON + 7 * MINUTE, "config_change", written=False)
        step.file(first.day_before, NOON, None)
        triage(step, START + 7 * DAY, {"hallucination": 30, "retrieval_failure": 2}, dict.fromkeys(
            ("opening hours?", "prices?", "holidays?", "delivery abroad?"), "hallucination") | {"limits 1?": "retrieval_failure"})
        annotation(step, NOON - 8 * DAY, 19, "pending")
        for number in range(20, 45):
            annotation(step, NOON, number, "pending")
    if name == "warning":
        # Three of the pending annotations are completed: their files move.
        for number in range(3):
            annotation(step, NOON + MINUTE, number, "completed")
            step.file(f"annotations/pending/trace-{number}.json", NOON, None)
    if name == "dirty":
        # Half a record, text of the console format in colours, a rotation, a line that is too long, bytes that are not UTF-8,
        # a clock that goes back, and ten thousand names of events.
        last = NOON + HOUR - MINUTE
        for line in ('{"event": "pipeline.request.rec', "\x1b[2m2026-03-09 12:30:00\x1b[0m [info     ] request", ROTATE, LONG,
                     '{"event": "caf\udce9", "level": "info", "timestamp": "' + stamp(last) + '"}',
                     MANY + json.dumps({"event": "e%d", "level": "info", "timestamp": stamp(last)})):
            step.written.append((last, line))
        early = json.dumps({"event": "pipeline.hallucination.checked", "level": "fail", "score": 0.0,
                            "timestamp": stamp(NOON - 6 * HOUR)})
        step.written.append((last, early))
        step.observe("hallucination_score", 0.0, SCORE_BOUNDS)
        step.count("hallucination_check_failed_total")
    return step


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


def append(path, lines):
    with open(path, "ab") as log:
        for line in lines:
            if line.startswith(MANY.encode()):
                log.write(b"".join(line[len(MANY):].replace(b"%d", b"%d" % number) for number in range(10_000)))
            else:
                log.write(line.replace(LONG.encode(), b"x" * 1_100_000))


def unpack(sample, step, directory):
    """Appends to the log, writes files with their times, and removes those that are gone."""
    folder = sample / step
    (directory / "logs").mkdir(parents=True, exist_ok=True)
    lines = (folder / "pipeline.log").read_bytes().splitlines(keepends=True)
    log = directory / "logs/pipeline.log"
    if f"{ROTATE}\n".encode() in lines:
        turn = lines.index(f"{ROTATE}\n".encode())
        append(log, lines[:turn])
        log.rename(log.with_name("pipeline-1.log"))
        lines = lines[turn + 1:]
    append(log, lines)
    for file in map(json.loads, (folder / "files.jsonl").read_text().splitlines()):
        path = directory / file["path"]
        if file["content"] is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["content"] if isinstance(file["content"], str) else json.dumps(file["content"]))
        os.utime(path, (file["modified"], file["modified"]))


if __name__ == "__main__":
    run(pathlib.Path(__file__).resolve().parent, write, unpack)
