#!/usr/bin/env python3
"""Measures [[drift]] on values with a cycle: how often it alarms without drift, its thresholds, and how often it sees a step.

    tests/bench/drift_cycles.py PROGRAM [SERIES [NAME...]]

A value every five minutes, or every 20 seconds in a tenth as many series. Each of SERIES series (300 by default) is a segment with a reference and a last window of its
own, so one replay of the real binary gives as many judgements; NAME is the beginning of the names of cases, all by default.
Takes about half a minute a case.
"""
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

PERIOD = 300  # seconds between two values of a series
DENSE = 15  # times as many
DAY = 86_400
START = 1_750_032_000  # a Monday, 00:00 UTC

CONFIG = """
[[source]]
name = "values"
type = "log"
path = "{path}"
format = "csv"
columns = ["ts", "series", "value"]
time = "ts"

[[drift]]
name = "values"
columns = ["value"]
method = "wasserstein"
segment = "{segment}"
max_segments = {series}
reference = {{ first = "{days}d" }}
window = {{ time = "{window}", lateness = "1m" }}
false_alarm_rate = 0.05
min_rows = 50
"""


def autoregression(rng, coefficient):
    value = rng.gauss(0, 1)
    while True:
        yield value
        value = coefficient * value + math.sqrt(1 - coefficient**2) * rng.gauss(0, 1)


class Daily:
    """A sine of a day, whose phase differs from series to series, and noise; `deviation` is that of all values."""

    def __init__(self, rng, amplitude, noise, coefficient):
        self.phase, self.amplitude, self.noise = rng.random(), amplitude, noise
        self.rows = autoregression(rng, coefficient)
        self.deviation = math.sqrt(amplitude**2 / 2 + noise**2)

    def at(self, time):
        return self.amplitude * math.sin(2 * math.pi * (time / DAY + self.phase)) + self.noise * next(self.rows)


class Weekly:
    """Noise that is higher on Saturday and Sunday."""

    def __init__(self, rng):
        self.rows, self.deviation = autoregression(rng, 0), 1

    def at(self, time):
        return next(self.rows) + (1.5 if (time - START) // DAY % 7 >= 5 else 0)


class Days:
    """Each day has a level of its own, without a cycle."""

    def __init__(self, rng):
        self.rows, self.levels, self.deviation = autoregression(rng, 0), [rng.gauss(0, 0.2) for _ in range(64)], 1

    def at(self, time):
        return next(self.rows) + self.levels[(time - START) // DAY]


def daily(amplitude=1, noise=1, coefficient=0.0):
    return lambda rng: Daily(rng, amplitude, noise, coefficient)


# Name: the source, days of the reference, window, its hour of the last day, a step before it in standard deviations. Those
# with "dense" have more values.
CASES = {
    "daily cycle, 1d": (daily(), 14, "1d", 0, 0),
    "daily cycle, 1d, step .2": (daily(), 14, "1d", 0, 0.2),
    "smooth daily cycle, 1d": (daily(1, 0.2), 14, "1d", 0, 0),
    "smooth daily cycle, 1d, step .2": (daily(1, 0.2), 14, "1d", 0, 0.2),
    "daily cycle and AR .8, 1d": (daily(1, 1, 0.8), 14, "1d", 0, 0),
    "daily cycle and AR .8, 1d, step .2": (daily(1, 1, 0.8), 14, "1d", 0, 0.2),
    "daily cycle, 6h": (daily(), 14, "6h", 6, 0),
    "smooth daily cycle, 6h": (daily(1, 0.2), 14, "6h", 6, 0),
    "dense daily cycle, 6h": (daily(), 14, "6h", 6, 0),
    "independent, 1d": (daily(0), 14, "1d", 0, 0),
    "independent, 1d, step .2": (daily(0), 14, "1d", 0, 0.2),
    "independent, 6h": (daily(0), 14, "6h", 6, 0),
    "independent, 6h, step .4": (daily(0), 14, "6h", 6, 0.4),
    "AR .5, 1d": (daily(0, 1, 0.5), 14, "1d", 0, 0),
    "AR .5, 1d, step .4": (daily(0, 1, 0.5), 14, "1d", 0, 0.4),
    "AR .8, 1d": (daily(0, 1, 0.8), 14, "1d", 0, 0),
    "days that differ, 1d": (Days, 14, "1d", 0, 0),
    "weekly cycle, Saturday": (Weekly, 19, "1d", 0, 0),
    "weekly cycle, Wednesday": (Weekly, 16, "1d", 0, 0),
}


def write(path, source, series, days, last, step, seed, period):
    """Up to the end of the last window, and one more value."""
    rng = random.Random(seed)
    sources = [source(rng) for _ in range(series)]
    end = START + days * DAY + (last * 3600 or DAY)
    with open(path, "w", encoding="ascii") as out:
        for time in range(START, end, period):
            shift = step if time >= START + days * DAY else 0
            out.writelines(f"{time},{i},{one.at(time) + shift * one.deviation:.6g}\n" for i, one in enumerate(sources))
        out.writelines(f"{end + 120},{i},0\n" for i in range(series))


def replay(leeway, directory, case, series, segment="series", seed=1):
    """(scores, thresholds, bands), one a series; the log."""
    source, days, window, last, step = CASES[case]
    values, config = directory / "values.csv", directory / "leeway.toml"
    write(values, source, series, days, last, step, seed, PERIOD // (DENSE if case.startswith("dense") else 1))
    config.write_text(CONFIG.format(path=values, segment=segment, series=series, days=days, window=window), encoding="ascii")
    done = subprocess.run([leeway, "replay", "--config.file", config], capture_output=True, text=True, check=True)
    def metric(name):
        return [float(value) for value in re.findall(rf"^leeway_drift_{name}\{{.*\}} (\S+)$", done.stdout, re.M)]
    return metric("score"), metric("threshold"), metric("band"), done


def main():
    leeway = sys.argv[1]
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    print(f"| {most} series, at 5 % | Threshold, median | 95th percentile of scores | Alarms, % |\n|---|---|---|---|")
    for case in CASES:
        if len(sys.argv) > 3 and not case.startswith(tuple(sys.argv[3:])):
            continue
        series = most // 10 if case.startswith("dense") else most
        with tempfile.TemporaryDirectory() as directory:
            scores, thresholds, bands, _ = replay(leeway, pathlib.Path(directory), case, series)
        assert len(bands) == series, f"{len(bands)} windows were judged"
        alarms = 100 * sum(band > 0 for band in bands) / series
        print(f"| {case} | {sorted(thresholds)[series // 2]:.3f} | {sorted(scores)[series * 95 // 100]:.3f} | {alarms:.1f} |",
              flush=True)


if __name__ == "__main__":
    main()
