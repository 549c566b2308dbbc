"""Healthy days of the scoring engine's files, hour by hour: for the test that no alert fires. A batch each night, whose scores vary
at random, results that are removed after two weeks, and a calibration each month."""

import datetime
import random

from make_sample import DAY, FIRST_RUN, GOOD, HOUR, REFERENCE, batch, calibration, results, stored, weights, written
from sample_steps import unix

BEGIN = datetime.datetime(2026, 1, 1)
KEPT = 14  # days


def steps(days):
    """(when the hour ends, its entries as sample_steps.unpack() reads them)."""
    source, runs = random.Random(20260101), []
    for hours in range(-1, days * 24):
        now, entries = BEGIN + hours * HOUR, []
        day, hour = divmod(hours, 24)
        if hours == -1:
            entries = [batch(now, results(source, REFERENCE, GOOD)), weights(now, GOOD), calibration(now - 10 * DAY, GOOD), stored(now, runs)]
        if hour == 2:
            found = results(source, 200 + source.randrange(400), GOOD | {"mean": source.gauss(61, 0.2)})
            entries.append(batch(now, found))
            runs = [*runs[-KEPT:], (now, f"file-{day % 3}", FIRST_RUN[: 10 + day % 3])]
            entries.append(stored(now, runs))
            if day >= KEPT:
                entries.append({"remove": f"scores/{now - KEPT * DAY:%Y-%m-%d}.jsonl"})
        if hour == 10 and day % 30 == 20:
            entries.append(calibration(now, GOOD | {"tau": round(source.uniform(0.55, 0.65), 3)}))
        yield unix(now + HOUR), [written(entry) for entry in entries]
