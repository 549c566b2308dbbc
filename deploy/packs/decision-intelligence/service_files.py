"""The files of the sample in the shapes in which the pipeline writes them, for what a day was like. Used by make_sample.py."""

import datetime
import math
import statistics

from sample_steps import normal
from service_logs import TESTS

DAY = datetime.timedelta(days=1)
CUSTOMERS = 200
REFERENCE_ROWS, WINDOW_ROWS = 2000, 1000
SEGMENTS = ["High Uplift", "Medium-High", "Medium-Low", "Low Uplift"]

# name: (mean, deviation, smallest, largest, step). At most about a hundred values each, so that KS is exact.
FEATURES = {
    "age": (41, 12, 18, 80, 1), "income_level": (2, 0.9, 0, 4, 1), "region_encoded": (2.5, 1.4, 0, 5, 1),
    "past_purchases": (5, 3, 0, 20, 1), "days_since_signup": (45, 20, 0, 89, 1), "engagement_score": (5, 2, 0, 10, 0.2),
    "season_encoded": (1.5, 1.0, 0, 3, 1), "day_of_week": (3, 2, 0, 6, 1),
}

# The second day of each scenario; anything not named is as on a good day.
GOOD = {
    "ate": 46.0, "std": 12.0, "customers": CUSTOMERS, "not_a_number": 0, "disabled": False, "reversed": False,
    "passed": 5, "shifts": {}, "report_ks": {"age": 0.0861, "income_level": 0.1215}, "psi": None, "outcome": "completed",
    "total": 412.5, "events": [], "nulls": {}, "outside": 0.03, "smd": {"age": 0.03, "income_level": 0.05},
    "production": 1, "trained_days_ago": 20, "rate": 100.0, "treated": 0.2956, "zero": 0, "dirty": False,
}


def make_scores(source, day):
    """Rows of uplift_scores: exact mean and deviation are measured later, so rounding does not matter."""
    raw = [normal(source) for _ in range(day["customers"])]
    mean, deviation = statistics.fmean(raw), statistics.stdev(raw)
    rows = []
    for index, value in enumerate(raw):
        score = round(day["ate"] + day["std"] * (value - mean) / deviation, 2)
        rank = 0 if score > day["ate"] + 8 else 1 if score > day["ate"] else 2 if score > day["ate"] - 8 else 3
        name = SEGMENTS[3 - rank] if day["reversed"] else SEGMENTS[rank]
        width = round(9.6 + normal(source) / 2, 2)
        lower = round(score - width / 2, 2)
        treated = int(source.random() < 0.2956)
        outcome = round(140 + 47.9 * normal(source), 2)
        if day["disabled"]:
            score, name = 0.0, "Do Not Treat"
        rows.append([f"U{index:05d}", score, rank, name, treated, outcome, lower, round(lower + width, 2)])
    for row in rows[: day["not_a_number"]]:
        row[1] = float("nan")
    return rows


def scores_csv(rows):
    lines = ["user_id,uplift_score,segment,segment_name,treatment,outcome,uplift_ci_lower,uplift_ci_upper"]
    lines += [",".join("NaN" if value != value else str(value) for value in row) for row in rows]
    return "\n".join(lines) + "\n"


def make_features(source, rows, shifts):
    table = []
    for _ in range(rows):
        row = []
        for name, (mean, deviation, low, high, step) in FEATURES.items():
            value = mean + deviation * (normal(source) + shifts.get(name, 0))
            value = min(max(round(value / step) * step, low), high)
            row.append(int(value) if step == 1 else round(value, 1))
        table.append(row)
    return table


def features_csv(table):
    return "\n".join([",".join(FEATURES), *(",".join(map(str, row)) for row in table)]) + "\n"


def drift_report(day, end):
    features = {}
    for name, ks in day["report_ks"].items():
        mean = float(FEATURES[name][0])
        features[name] = {"type": "numeric", "ks_statistic": ks, "p_value": 0.0, "threshold": 0.15,
                          "drift_detected": ks > 0.15, "baseline_mean": mean, "current_mean": round(mean + ks, 4),
                          "mean_shift": ks}
    features["past_purchases"] = {"type": "numeric", "ks_statistic": 0.142, "p_value": float("nan"), "threshold": 0.15,
                                  "drift_detected": False}  # no means: the runbook prints N/A
    features["region"] = {"type": "categorical", "distribution_shift": 0.041, "drift_detected": False}
    drifted = [name for name, feature in features.items() if feature["drift_detected"]]
    report = {"run_timestamp": end.isoformat() + ".512345", "n_records_current": WINDOW_ROWS,
              "n_records_baseline": REFERENCE_ROWS, "drift_detected": bool(drifted), "features_with_drift": drifted,
              "feature_results": features}
    if day["psi"] is not None:
        report |= {"uplift_score_psi": day["psi"], "uplift_drift": day["psi"] > 0.25}
    return report


def effect(day):
    return round(day["ate"] + 1.583, 3)


def refutation_report(day):
    tests = {}
    for index, name in enumerate(TESTS):
        passed = index < day["passed"]
        # Text if the test ran; a bool if it ended with an error.
        tests[name] = {"test": name.replace("_", " ").title(), "passed": str(passed), "original_effect": effect(day),
                       "p_value": None if name == "bootstrap" else 0.92,
                       "interpretation": "PASS: robust" if passed else "FAIL: not robust"}
    if day["passed"] < 3:
        tests["data_subset"] = {"test": "Data Subset", "passed": False, "error": "singular matrix"}
    rate = day["passed"] / len(TESTS)
    return {"overall_pass": rate >= 0.6, "tests": tests, "summary": {
        "total_tests": len(TESTS), "passed": day["passed"], "failed": len(TESTS) - day["passed"], "pass_rate": rate}}


def dq_checks(day):
    """The service's own verdicts, by check."""
    return {"required_columns": True, "null_rates": not day["nulls"], "unique_keys": True, "treatment_support": True,
            "propensity_overlap": True, "covariate_balance": imbalanced(day) == 0, "outcome_distribution": True}


def imbalanced(day):
    return sum(smd > 0.1 for smd in day["smd"].values())


def balance(smd):
    """Of a feature between treatment and control."""
    return {"smd": smd, "ks_statistic": 0.04 if math.isnan(smd) else round(0.01 + smd / 2, 4), "ks_pvalue": 0.5 if math.isnan(smd) or smd < 0.1 else 2.04e-11}


def outcome(day):
    return {"count": day["customers"], "mean": round(90 + day["ate"], 2), "std": 47.9, "min": 0.0 if day["zero"] else 21.84,
            "max": 332.57, "negative_count": 0, "zero_count": day["zero"]}


def dq_report(day):
    checks = {name: {"pass": passed} for name, passed in dq_checks(day).items()}
    if day["nulls"]:
        checks["null_rates"]["issues"] = day["nulls"]
    checks["treatment_support"]["rates"] = {"0": round(1 - day["treated"], 4), "1": day["treated"]}
    checks["propensity_overlap"] |= {"outside_overlap_count": round(day["outside"] * CUSTOMERS),
                                     "outside_overlap_rate": day["outside"], "propensity_range": [0.03, 0.97],
                                     "propensity_mean": 0.2956}
    checks["covariate_balance"] |= {
        "balance_results": {name: balance(smd) for name, smd in day["smd"].items()},
        "imbalanced_features": imbalanced(day)}
    checks["outcome_distribution"] |= {"stats": outcome(day)}
    errors = [f"Null rate > threshold in {name}" for name in day["nulls"]]
    warnings = ["Propensity overlap"] if day["outside"] > 0.1 else []
    return {"overall_pass": not errors, "checks": checks, "warnings": warnings, "errors": errors}


def make_models(day, start):
    """Rows of model_versions: an archived one and those in production, or a staged one if there are none."""
    trained = start - datetime.timedelta(days=day["trained_days_ago"])
    models = [("causal_forest_v1", "1.0", "archived", start - datetime.timedelta(days=50), 44.1, 11.8, 80.0)]
    for index in range(max(day["production"], 1)):
        status = "production" if day["production"] else "staged"
        models.append((f"causal_forest_v{index + 2}", f"{index + 2}.0", status, trained + DAY * index, 45.978, 12.023, day["rate"]))
    return models


def registry_sql(models):
    text = """CREATE TABLE model_versions (id INTEGER PRIMARY KEY, model_id TEXT, model_name TEXT, version TEXT,
  status TEXT DEFAULT 'staged', created_at TEXT, promoted_at TEXT, training_date TEXT, ate_estimate REAL, cate_std REAL,
  refutation_pass_rate REAL, notes TEXT);\n"""
    for index, (name, version, status, trained, ate, std, rate) in enumerate(models):
        date = "NULL" if status == "archived" else f"'{trained.isoformat(sep=' ')}'"
        text += (f"INSERT INTO model_versions VALUES ({index + 1}, '{name}', 'causal_forest', '{version}', '{status}', "
                 f"'{trained.isoformat(sep=' ')}', NULL, {date}, {ate}, {std}, {rate}, NULL);\n")
    return text
