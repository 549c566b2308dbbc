"""How often widely used libraries raise a false alarm at their defaults, without drift, on the inputs of
drift_false_alarms: references of 10,000 rows, each compared with a window of the same source. Run by drift.sh.

Evidently reports "drift" for a column, NannyML "alert" for a chunk. Neither states a rate for these defaults; a p-value
below 0.05, which Evidently uses for up to 1000 rows of reference, promises 5 %.

Usage: drift_alarm_peers.py [COLUMNS] [REPORTS]    columns of a report, each a check; reports of each kind
"""

import importlib.metadata
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
REFERENCE_ROWS = 10_000
WINDOW_ROWS = (200, 1000, 3000)
PERSISTENCE = 0.5
DRAW = np.random.default_rng(1)


def autocorrelated(rows):
    noise = DRAW.normal(size=rows) * np.sqrt(1 - PERSISTENCE**2)
    noise[0] = DRAW.normal()
    values = np.empty(rows)
    last = 0.0
    for i, innovation in enumerate(noise):
        last = PERSISTENCE * last + innovation if i else innovation
        values[i] = last
    return values


def categories(levels):
    shares = 1 / np.arange(1, levels + 1)
    return lambda rows: DRAW.choice(levels, rows, p=shares / shares.sum()).astype(str)


SOURCES = {
    "normal": lambda rows: DRAW.normal(size=rows),
    "lognormal": lambda rows: DRAW.lognormal(size=rows),
    "autocorrelated": autocorrelated,
    "5 categories": categories(5),
    "200 categories": categories(200),
}


def evidently(reference, current):
    """(alarms, checks, method)"""
    from evidently import Report
    from evidently.presets import DataDriftPreset
    metrics = json.loads(Report([DataDriftPreset()]).run(current, reference).json())["metrics"]
    drifts = [metric for metric in metrics if metric["config"]["type"].endswith(":ValueDrift")]
    method, threshold = drifts[0]["config"]["method"], drifts[0]["config"]["threshold"]
    below = "p_value" in method
    alarms = sum(drift["value"] < threshold if below else drift["value"] >= threshold for drift in drifts)
    return alarms, len(drifts), f"{method} {'<' if below else '>='} {threshold}"


def nannyml(reference, current):
    import nannyml as nml
    text = [name for name in reference if reference[name].dtype == object]
    calculator = nml.UnivariateDriftCalculator(column_names=list(reference), treat_as_categorical=text,
                                               chunk_size=len(current))
    result = calculator.fit(reference).calculate(current).filter(period="analysis").to_df(multilevel=False)
    alerts = [bool(result[name].iloc[0]) for name in result if name.endswith("_alert")]
    return sum(alerts), len(alerts), "jensen_shannon, mean of chunks +- 3 standard deviations"


def main():
    columns, reports = int((sys.argv + ["40"])[1]), int((sys.argv + ["", "5"])[2])
    print(f"| no drift, {columns * reports} checks per row | rows | reports drift | method |\n|---|---|---|---|")
    for name, function in {"evidently": evidently, "nannyml": nannyml}.items():
        version = importlib.metadata.version(name)
        for source, draw in SOURCES.items():
            for rows in WINDOW_ROWS:
                alarms = checks = 0
                for _ in range(reports):
                    reference = pd.DataFrame({f"c{i}": draw(REFERENCE_ROWS) for i in range(columns)})
                    current = pd.DataFrame({f"c{i}": draw(rows) for i in range(columns)})
                    more, of, how = function(reference, current)
                    alarms, checks = alarms + more, checks + of
                print(f"| {name} {version}, {source} | {rows} | {100 * alarms / checks:.1f} % | {how} |", flush=True)


if __name__ == "__main__":
    main()
