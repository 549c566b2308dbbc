#!/usr/bin/env python3
"""Writes sample/, the files beside the log of the scoring engine in their real shapes, and truth.json, what a reader must find.

Simulated time: a week with a batch, and the next day of each scenario. The same seed gives the same bytes.
Usage: make_sample.py [DIRECTORY]                 write (default: the directory of this script)
       make_sample.py --unpack STEP DIRECTORY     write the files of a step over a directory, with their times
       make_sample.py --days N DIRECTORY          write what the service writes in so many healthy days
A step has an entry on each line; of a file of results it has the score, the risk and the feasibility of each company, of the
database the scores of each batch.
"""

import datetime
import json
import math
import pathlib
import random
import sqlite3
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sample_steps import normal, run, series, unix, unpack_entries, write_steps  # noqa: E402

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
START = datetime.datetime(2025, 8, 18, 2, 0)
NOW = START + 7 * DAY + 2 * HOUR
WEIGHTS = {"digital": 0.25, "operations": 0.20, "info_flow": 0.20, "market": 0.20, "budget": 0.15}
RISKS = ["low", "medium", "high"]
REFERENCE, BATCH = 560, 200  # companies of the first batch, of which 400 feasible ones are the reference, and of a later one
BOUNDS = range(10, 101, 10)
GOOD = {"mean": 61, "spread": 12, "weights": WEIGHTS, "frozen": True, "version": "1.0", "tau": 0.61}
SCENARIOS = {
    "healthy": {},
    "borderline": {"mean": 61.5, "weights": WEIGHTS | {"market": 0.19, "budget": 0.16}, "version": "1.1"},
    "incident": {"mean": 50, "weights": WEIGHTS | {"budget": 0.2}, "frozen": False, "version": "1.1", "cleaned": True},
    "dirty": {"dirty": True},
}


def results(source, count, day):
    """Score, risk and feasibility of each company; one that is not feasible has the score 0."""
    found = []
    for _ in range(count):
        feasible = source.random() < 0.8
        score = round(min(100.0, max(0.0, day["mean"] + day["spread"] * normal(source))), 2)
        found.append([score if feasible else 0.0, source.choices(RISKS, [6, 3, 1])[0], feasible])
    return found


def line(number, score, risk, feasible, moment):
    """A result as the service writes it."""
    part = {"score": score, "confidence": 0.82}
    return json.dumps({
        "final_score": score, "model_confidence": 0.82, "data_source_confidence": 0.9, "combined_confidence": 0.859,
        "subscores": dict.fromkeys(("digital", "ops", "info_flow", "market", "budget"), part), "explanation": "…", "warnings": [],
        "risk": {"data_confidence": 0.9, "missing_field_penalty": 0.0, "scrape_volatility": 0.1, "overall_risk": risk, "reasons": []},
        "feasibility": {"docs_present": feasible, "crm_or_ecom_present": True, "budget_above_floor": True, "deployable_now": feasible,
                        "overall_feasible": feasible, "reasons": []},
        "company_id": f"acme-{number:05d}", "metadata": {"version": {"api": "1.1.0", "engine": "1.1.0", "weights": "1.0"},
                                                         "timestamp": moment.isoformat() + "Z", "processing_time_ms": 4.2},
        "verbose_subscores": None, "verbose_risk": None, "verbose_feasibility": None}, separators=(",", ":")) + "\n"


def batch(moment, found, cut=""):
    return {"path": f"scores/{moment:%Y-%m-%d}.jsonl", "time": unix(moment), "results": found, "cut": cut}


def weights(moment, day, cut=""):
    """`cut`: instead of the end of the file."""
    text = (f'# Weight configuration\nversion: "{day["version"]}"\nfrozen: {str(day["frozen"]).lower()}\n'
            'created_date: "2024-01-15T00:00:00Z"\ncalibration_status: "validated"\nweights:\n'
            + "".join(f"  {name}: {value}\n" for name, value in day["weights"].items())
            + (cut or "calibration:\n  sample_size: null\n  kendall_tau: null\nchange_log:\n  - version: \"0.1\"\n"))
    return {"path": "weights.yaml", "time": unix(moment), "text": text}


def calibration(moment, day, text=lambda text: text):
    metrics = {"pearson_r": round(day["tau"] + 0.2, 3), "pearson_p_value": 0.001, "spearman_rho": round(day["tau"] + 0.15, 3),
               "spearman_p_value": 0.001, "kendall_tau": day["tau"], "kendall_p_value": 0.001, "rank_correlation": day["tau"],
               "top_k_precision": {"5": 0.8}, "score_mean": 60.9, "score_std": 11.8, "score_range": [22.1, 94.0],
               "weight_sensitivity": {"digital_weight": 0.01}, "sample_size": 120, "timestamp": f"{moment.isoformat(' ')}+00:00"}
    body = {"metrics": metrics, "predicted_scores": [61.2], "ground_truth_scores": [64.0], "weights_used": {"version": "1.0"},
            "analysis_timestamp": moment.isoformat() + "+00:00"}
    return {"path": "calibration_results.json", "time": unix(moment), "text": text(json.dumps(body, indent=2))}


def moment_of(time):
    return datetime.datetime.fromtimestamp(time, datetime.timezone.utc).replace(tzinfo=None)


def stored(moment, runs):
    """The database with these batches: (its time, its input, scores by company)."""
    return {"path": "echo_ridge_scoring.db", "time": unix(moment), "runs": [[unix(time), name, scores] for time, name, scores in runs]}


def database(runs):
    """As SQLAlchemy creates it, with the columns that are read."""
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "database"
        opened = sqlite3.connect(file)
        opened.executescript("""CREATE TABLE batch_runs (id INTEGER PRIMARY KEY, batch_id VARCHAR(64) NOT NULL, input_checksum VARCHAR(64) NOT NULL,
            output_checksum VARCHAR(64) NOT NULL, norm_context_version VARCHAR(50) NOT NULL, started_at DATETIME NOT NULL);
            CREATE TABLE scoring_results (id INTEGER PRIMARY KEY, company_id VARCHAR(255) NOT NULL, final_score FLOAT NOT NULL,
            norm_context_version VARCHAR(50) NOT NULL, created_at DATETIME, batch_id VARCHAR(64));""")
        for number, (time, name, scores) in enumerate(runs, 1):
            moment = f"{moment_of(time):%Y-%m-%d %H:%M:%S.000000}"
            opened.execute("INSERT INTO batch_runs VALUES (?, ?, ?, ?, 'auto_20250818_020000_560companies', ?)",
                           (number, f"b{number}", name, f"{name}-{number}", moment))
            opened.executemany("INSERT INTO scoring_results (company_id, final_score, norm_context_version, created_at, batch_id) VALUES (?, ?, 'v', ?, ?)",
                               [(f"acme-{company:05d}", score, moment, f"b{number}") for company, score in enumerate(scores)])
        opened.commit()
        opened.close()
        return file.read_bytes()


FIRST_RUN = [round(40 + 1.7 * company, 2) for company in range(20)]  # scores of a small file, which is scored again and again


def make_first():
    return [batch(START, results(random.Random(20250818), REFERENCE, GOOD)), weights(START, GOOD), calibration(START, GOOD),
            stored(START, [(START, "companies", FIRST_RUN)])]


def make_last(name, changes):
    day, entries = GOOD | changes, []
    later = NOW - HOUR
    again = [score + 0.01 * (name == "incident" and company < 3) for company, score in enumerate(FIRST_RUN)]
    if name != "dirty":
        entries.append(stored(later, [(START, "companies", FIRST_RUN), (later - HOUR, "others", FIRST_RUN[::-1]), (later, "companies", again)]))
    found = results(random.Random(name), BATCH, day)
    if day.get("cleaned"):
        entries.append({"remove": f"scores/{START:%Y-%m-%d}.jsonl"})
    if day.get("dirty"):
        # A line that was cut, one of a megabyte, and the files of a process that was killed.
        entries.append(batch(later, found, "dirty"))
        entries.append(weights(later, day, "calibration: {sample_size: \n"))
        entries.append(calibration(later, day, lambda text: text[: len(text) // 2]))
        return entries, found
    entries.append(batch(later, found))
    if day["frozen"] is not True or day["weights"] is not WEIGHTS:
        entries.append(weights(later, day))
    if name == "healthy":
        entries.append(calibration(later, day | {"tau": 0.6}))
    if name == "incident":  # all scores of the calibration are equal
        entries.append(calibration(later, day, lambda text: text.replace("0.61", "NaN")))
    return entries, found


# --- What must be found -----------------------------------------------------------------------------------------------


def ks(first, second):
    first, second = sorted(first), sorted(second)
    return max(abs(sum(value <= edge for value in first) / len(first) - sum(value <= edge for value in second) / len(second))
               for edge in {*first, *second})


ALERTS = {"E6": ["EchoNonDeterministic"], "E32": ["EchoScoreDriftDetected"], "E47": ["EchoWeightsChanged", "EchoWeightsNotFrozen", "EchoWeightsSum"],
          "E53": ["EchoCalibrationOverdue"], "E58": []}
FIRES = {"healthy": [], "dirty": [], "borderline": ["EchoWeightsChanged"], "silent": ["EchoCalibrationOverdue"],
         "incident": ["EchoNonDeterministic", "EchoScoreDriftDetected", "EchoWeightsChanged", "EchoWeightsNotFrozen", "EchoWeightsSum"]}
LOST = {series("leeway_source_rejected_lines_total", source=source, reason=reason): 1
        for source in ("results", "results_kept") for reason in ("truncated", "too_long")}
LOST |= {series("leeway_source_rejected_file_versions_total", source=source, reason=reason): 1
         for source, reason in (("weights", "syntax"), ("weight_values", "syntax"), ("calibration", "truncated"))}


def feasible(found):
    return [score for score, _, good in found if good]


def scenario(name, changes, found, now):
    """`found`: the results of the first batch and, if there is one, of the second."""
    day, rows = GOOD | changes, {row: {"values": {}, "absent": [], "fires": [alert for alert in alerts if alert in FIRES[name]],
                                       "quiet": [alert for alert in alerts if alert not in FIRES[name]]} for row, alerts in ALERTS.items()}

    def add(row, metric, value, **labels):
        rows[row]["values"][series(metric, **labels)] = value
    every = [one for batch_ in found for one in batch_]
    scores = feasible(every)
    for risk in RISKS:
        for good in (True, False):
            add("E32", "echo_results_total", sum(one[1:] == [risk, good] for one in every), risk=risk, feasible=str(good).lower())
    for bound in BOUNDS:
        add("E32", "echo_score_bucket", sum(score <= bound for score in scores), le=bound)
    add("E32", "echo_score_count", len(scores))
    add("E32", "echo_score_sum", math.fsum(scores))
    last = feasible(found[-1])  # a week later the first batch is out of the window
    add("E32", "echo_score_mean", statistics.fmean(last))
    add("E32", "echo_score_stddev", statistics.stdev(last))
    if len(found) > 1:
        add("E32", "leeway_drift_score", ks(feasible(found[0])[:400], last), drift="scores", column="final_score", method="ks")
    shown = GOOD if day.get("dirty") else day  # a broken file leaves the one before
    written = not day.get("dirty") and (day["frozen"] is not True or day["weights"] is not WEIGHTS)
    add("E47", "echo_weights_info", 1, version=shown["version"], frozen=str(shown["frozen"]).lower())
    add("E47", "echo_weights_frozen", int(shown["frozen"]))
    add("E47", "echo_weights_versions_total", 1 + written)
    for component, value in shown["weights"].items():
        add("E47", "echo_weight_ratio", value, component=component)
    tau = 0.6 if name == "healthy" else 0.61
    for metric, value in (("kendall_tau", 0), ("spearman_rho", 0.15), ("pearson_r", 0.2)):
        if metric == "kendall_tau" and name == "incident":
            rows["E53"]["absent"].append("echo_calibration_kendall_tau")
        else:
            add("E53", f"echo_calibration_{metric}", round(tau + value, 3))
    add("E53", "echo_calibration_companies", 120)
    add("E53", "echo_calibration_last_run_timestamp_seconds", unix(NOW - HOUR if name in ("healthy", "incident") else START))
    add("E58", "leeway_source_stalest_file_timestamp_seconds", unix(NOW - HOUR if day.get("cleaned") else START), source="results_kept")
    once = name in ("silent", "dirty")
    add("E6", "echo_determinism_companies", 0 if once else len(FIRST_RUN))
    add("E6", "echo_determinism_violations", 3 * (name == "incident"))
    add("E58", "echo_stored_oldest_timestamp_seconds", unix(START))
    add("E58", "echo_stored_results", len(FIRST_RUN) * (1 if once else 3))
    truth = {"steps": ["first"] if name == "silent" else ["first", name], "now": unix(now), "rows": rows}
    return truth | ({"lost": LOST} if name == "dirty" else {})


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(directory):
    first = make_first()
    steps, truth = {"first": first}, {"scenarios": {}}
    for name, changes in SCENARIOS.items():
        steps[name], found = make_last(name, changes)
        truth["scenarios"][name] = scenario(name, changes, [first[0]["results"], found], NOW)
    truth["scenarios"]["silent"] = scenario("silent", {}, [first[0]["results"]], START + 36 * DAY)
    write_steps(directory, steps, truth)


def written(entry):
    """An entry as it is unpacked: the results of a batch as lines, and the database as a file."""
    if "runs" in entry:
        return {"path": entry["path"], "time": entry["time"], "bytes": database(entry["runs"]).hex()}
    if "results" not in entry:
        return entry
    lines = [line(number, *found, moment_of(entry["time"])) for number, found in enumerate(entry["results"])]
    if entry["cut"]:
        lines.insert(20, lines[0][:300] + "\n")
        lines.insert(40, "x" * 1_100_000 + "\n")
    return {"path": entry["path"], "time": entry["time"], "text": "".join(lines)}


def unpack(sample, step, directory):
    entries = map(json.loads, (sample / f"{step}.jsonl").read_text().splitlines())
    unpack_entries(map(written, entries), directory)


if __name__ == "__main__":
    run(pathlib.Path(__file__).resolve().parent, write, unpack)
