"""Healthy days of the service with a model, hour by hour: for the test that no alert fires. Predictions are wrong at random."""

import random

from make_sample import DAY, GOOD, HOUR, MINUTE, MODEL, MONDAY, Step, dataset, event, incident, predict, reports, retraining
from sample_steps import unix

BEGIN = MONDAY
BUSY = range(9, 17)


def predictions(step, source, hour, count, version):
    for index in range(count):
        wrong = source.random() >= 0.92
        predict(step, source, hour + index * (HOUR / count), index, 0 if wrong else 1, version, {})


def steps(days):
    """(when the hour ends, its entries as sample_steps.unpack() reads them)."""
    source, version = random.Random(20250901), "1.9"
    step = Step()
    for hours in range(-12, days * 24):
        step.files, hour = [], BEGIN + hours * HOUR
        day, of_day = divmod(hours, 24)
        predictions(step, source, hour, 400 if of_day in BUSY or hours < 0 else 20, version)
        if hours == -12:
            dataset(step, hour - 9 * DAY, "v1")
            incident(step, hour, 98, "documented")
            retraining(step, hour, "r-1", ["succeeded"] * 4)
            event(step, hour, "P9", None, {}, trigger="new_data_available")
            event(step, hour, "P16", None, {}, channel="slack", result="delivered")
            event(step, hour, "P17", None, {}, error_type="latency", details="", action_taken="Opened a ticket.")
            reports(step, hour, GOOD, version)
            event(step, hour, "P12", None, {}, model=MODEL, deployed_version=version)
        if of_day == 2:
            reports(step, hour + 30 * MINUTE, GOOD | {"accuracy": round(0.92 + source.uniform(-0.01, 0.01), 3), "drift": round(source.uniform(0.02, 0.07), 3)}, version)
        if of_day == 10 and day % 3 == 1:
            incident(step, hour + 30 * MINUTE, 100 + 2 * day, "documented")
            event(step, hour + 31 * MINUTE, "P16", None, {}, channel="slack", result="delivered")
            event(step, hour + 32 * MINUTE, "P17", None, {}, error_type="latency", details="", action_taken="Opened a ticket.")
        yield unix(hour + HOUR), step.files
