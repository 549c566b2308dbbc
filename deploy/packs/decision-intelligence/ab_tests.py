"""The A/B tests of the sample: rows of the service's database, and what a reader must find in them. Used by make_sample.py."""

import datetime
import json

# Name: (status, users and conversions of the treatment and of the control group, predicted uplift, users that are needed, days
# that it should take, days ago that it began). Good days; a scenario replaces some.
GOOD = {
    "TEST-1": ("completed", (4000, 572), (4000, 400), 45.0, 3000, 16, 40),
    "TEST-2": ("completed", (400, 58), (400, 40), 47.0, 700, 2, 30),
    "TEST-3": ("running", (640, 68), (640, 64), 46.0, 1200, 14, 10),
    "TEST-4": ("draft", (0, 0), (0, 0), 41.0, 900, 2, 0),
}
# Predictions that are off by a fifth; by more, and in one of them by more than chance explains; and nearly significant.
CHANGES = {
    "borderline": {"TEST-1": ("completed", (4000, 548), (4000, 400), 45.0, 3000, 16, 40)},
    "incident": {
        "TEST-1": ("completed", (4000, 512), (4000, 400), 45.0, 3000, 16, 40),
        "TEST-2": ("completed", (400, 52), (400, 40), 47.0, 700, 2, 30),
        "TEST-3": ("running", (150, 16), (160, 14), 46.0, 1200, 14, 20),
        "TEST-5": ("running", (400, 58), (400, 40), 46.0, 700, 30, 5),
    },
}


def tests_of(scenario):
    return GOOD | CHANGES.get(scenario, {})


def lift(treatment, control):
    return round((treatment[1] / treatment[0] - control[1] / control[0]) / (control[1] / control[0]) * 100, 4)


def chi_square(treatment, control):
    """With the correction of Yates, as scipy.stats.chi2_contingency computes it."""
    (n1, a), (n2, b) = treatment, control
    total, converted = n1 + n2, a + b
    difference = max(abs(a * (n2 - b) - b * (n1 - a)) - total / 2, 0)
    return total * difference ** 2 / (n1 * n2 * converted * (total - converted))


def outside(treatment, control, predicted):
    """Whether the prediction is outside the 95 % interval of the observed uplift, by the delta method."""
    (n1, a), (n2, b) = treatment, control
    risk = (a / n1) / (b / n2)
    deviation = risk * ((1 - a / n1) / a + (1 - b / n2) / b) ** 0.5
    return abs(predicted / 100 + 1 - risk) / deviation > 3.841 ** 0.5


def users_sql(name, group, users, converted):
    """Users U1, U2, ... of a group; the first of them converted, the very first twice, and the last one only clicked."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) "
    user = f"'{group[0]}' || i"
    text = (f"INSERT INTO test_assignments(test_id, user_id, group_name) {numbers}SELECT '{name}', {user}, '{group}' FROM n;\n"
            f"INSERT INTO test_events(test_id, user_id, event_type, event_value) {numbers}"
            f"SELECT '{name}', {user}, 'conversion', 12.5 FROM n WHERE i <= {converted};\n")
    for kind, user in (("conversion", 1), ("click", users)):
        text += f"INSERT INTO test_events(test_id, user_id, event_type) VALUES ('{name}', '{group[0]}{user}', '{kind}');\n"
    return text


def database_sql(scenario, now):
    text = """CREATE TABLE ab_tests (test_id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, segment TEXT NOT NULL,
  status TEXT DEFAULT 'draft', sample_size INTEGER NOT NULL, control_ratio REAL DEFAULT 0.5, predicted_uplift REAL,
  observed_uplift REAL, confidence_level REAL, p_value REAL, start_date TEXT, end_date TEXT, config_json TEXT);
CREATE TABLE test_assignments (id INTEGER PRIMARY KEY AUTOINCREMENT, test_id TEXT NOT NULL, user_id TEXT NOT NULL,
  group_name TEXT NOT NULL, UNIQUE(test_id, user_id));
CREATE TABLE test_events (id INTEGER PRIMARY KEY AUTOINCREMENT, test_id TEXT NOT NULL, user_id TEXT NOT NULL,
  event_type TEXT NOT NULL, event_value REAL);\n"""
    for name, (status, treatment, control, predicted, needed, length, ago) in tests_of(scenario).items():
        config = json.dumps({"hypothesis": "", "min_sample_for_significance": needed, "expected_runtime_days": length})
        begin = f"'{(now - datetime.timedelta(days=ago)).isoformat()}'" if status != "draft" else "NULL"
        done = status == "completed"
        end = f"'{(now - datetime.timedelta(days=ago - length)).isoformat()}'" if done else "NULL"
        observed, p = (lift(treatment, control), 0.0004) if done else ("NULL", "NULL")
        text += (f"INSERT INTO ab_tests VALUES ('{name}', 'Campaign', '', 'High Uplift', '{status}', {needed}, 0.5, {predicted}, "
                 f"{observed}, 0.95, {p}, {begin}, {end}, '{config}');\n")
        for group, (users, converted) in (("treatment", treatment), ("control", control)):
            if users:
                text += users_sql(name, group, users, converted)
    return text


def truth(add, absent, scenario, now):
    tests = tests_of(scenario)
    for status in ("draft", "running", "completed"):
        add("D13", "dis_abtests", sum(test[0] == status for test in tests.values()), status=status)
    errors = []
    for name, (status, treatment, control, predicted, needed, length, ago) in tests.items():
        if status == "running":
            begin = (now - datetime.timedelta(days=ago)).replace(microsecond=0, tzinfo=datetime.timezone.utc).timestamp()
            add("D13", "dis_abtest_sample_ratio", (treatment[0] + control[0]) / needed, test_id=name)
            add("D13", "dis_abtest_planned_end_timestamp_seconds", begin + length * 86400, test_id=name)
            score = chi_square(treatment, control)
            add("D14", "dis_abtest_chi_square", score, test_id=name)
            add("D14", "dis_abtest_near_significance", int(2.706 < score < 3.841), test_id=name)
            absent("D14", "dis_abtest_p_value", test_id=name)
        elif status == "completed":
            errors.append(abs(predicted - lift(treatment, control)) / lift(treatment, control))
            add("D14", "dis_abtest_p_value", 0.0004, test_id=name)
            add("D19", "dis_abtest_uplift_error_ratio", errors[-1], test_id=name)
            add("D19", "dis_abtest_prediction_outside", int(outside(treatment, control, predicted)), test_id=name)
        else:
            absent("D13", "dis_abtest_sample_ratio", test_id=name)
    add("D18", "dis_calibration_error_ratio", sum(errors) / len(errors))
