"""Each kind of [[quality]] check against pandas, on random tables: numbers with NaN, infinity and integers that no double
holds, texts, booleans, timestamps, nulls and fields that are not there, groups and keys, in JSON and in Parquet. Two
versions of each file, so that there are changes. LEEWAY_QUALITY_TABLES=2000 for a longer run than that of tests/run.sh,
LEEWAY_QUALITY_SEED for other tables."""

import datetime
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

import harness

# tests/run.sh installs pandas there (`tools`).
sys.path[:0] = map(str, (harness.ROOT / "build/tools/venv/lib").glob("python3*/site-packages"))
import numpy  # noqa: E402
import pandas  # noqa: E402

sys.path.insert(0, str(harness.ROOT / "build/arrow"))
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402

TABLES = int(os.environ.get("LEEWAY_QUALITY_TABLES", "100"))
SEED = int(os.environ.get("LEEWAY_QUALITY_SEED", "15"))
TABLES_OF_A_RUN = 20
MISSING = object()  # the row has no such field
EXACT = 2**53

COLUMNS = ("num", "big", "text", "flag", "mixed", "g", "k", "time")
SET = ["a", "NaN", 1, 2.5, EXACT + 1, float(EXACT), float("inf"), True]


def number(choose):
    return choose.choice((1.0, 2.0, 2.5, -3.0, 0.0, -0.0, 1e100, math.nan, math.inf, -math.inf, choose.gauss(0, 1)))


def integer(choose, highest):
    return choose.choice((1, 2, 3, EXACT, EXACT + 1, EXACT + 2, -EXACT - 1, 2**60, 2**60 + 1, 2**63 - 1, highest))


def text(choose):
    return choose.choice(("a", "b", "ab", "", "NaN", "-inf", "1"))


VALUES = {
    "num": number,
    "big": lambda choose: integer(choose, -2**63),
    "text": text,
    "flag": lambda choose: choose.random() < 0.5,
    "mixed": lambda choose: choose.choice((number(choose), integer(choose, 2**64 - 1), text(choose), True, [1])),
    "g": lambda choose: choose.choice("abc"),
    "k": lambda choose: choose.randrange(40),
    "time": lambda choose: datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    + datetime.timedelta(milliseconds=choose.randrange(200) * 4_321_001),
}


def make_table(choose, parquet):
    """Rows as a list of columns; sometimes short, constant, or all null."""
    rows = choose.choice((0, 1, 2, 3, 10, 100, 300))
    table = {}
    for name in COLUMNS:
        if parquet and name == "mixed":
            continue
        nulls = choose.choice((0, 0, 0.1, 0.5, 1))
        one = VALUES[name](choose) if choose.random() < 0.2 else None
        column = [one if one is not None else VALUES[name](choose) for _ in range(rows)]
        absent = (None,) if parquet else (None, MISSING)
        table[name] = [choose.choice(absent) if choose.random() < nulls else value for value in column]
    return table


def write(path, table, parquet):
    if parquet:
        types = {"num": pyarrow.float64(), "big": pyarrow.int64(), "k": pyarrow.int64(), "flag": pyarrow.bool_(),
                 "time": pyarrow.timestamp("us", "UTC")}
        pyarrow.parquet.write_table(pyarrow.table({name: pyarrow.array(column, types.get(name, pyarrow.string()))
                                                   for name, column in table.items()}), path)
        return
    rows = [{name: column[i].isoformat() if isinstance(column[i], datetime.datetime) else column[i]
             for name, column in table.items() if column[i] is not MISSING} for i in range(len(table["num"]))]
    path.write_text(json.dumps({"rows": rows}))


# --- what pandas says; None where it is not defined

def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def seconds(value):
    """Timestamps are Unix seconds for statistics and ranges."""
    return value.timestamp() if isinstance(value, datetime.datetime) else value


def present(column):
    return pandas.Series([value for value in column if value is not None and value is not MISSING], dtype=object)


def finite(column):
    values = present(column).map(seconds)
    return pandas.Series([float(value) for value in values if is_number(value) and math.isfinite(value)], dtype=float)


def not_finite(column):
    """The share of the values, without nulls, that pandas.to_numeric() would refuse, or that are NaN or infinite."""
    return share(present(column).map(lambda value: not (is_number(seconds(value)) and math.isfinite(seconds(value)))))


def identity(value):
    """Equal for equal values: Python's numbers compare exactly, but True is 1, and NaN is not itself. Lists have none."""
    if isinstance(value, list):
        return None
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return ("number" if is_number(value) else type(value).__name__, value)


def identities(column):
    return present(column).map(identity).dropna()


def share(violations):
    return None if len(violations) == 0 else float(violations.astype(bool).mean())


def shares(test):
    return lambda column: share(present(column).map(test))


def is_outside(value):
    value = seconds(value)
    return not (is_number(value) and bool(pandas.Series([value], dtype=object).between(-2.5, EXACT).iloc[0]))


def is_unknown(value):
    return identity(value) == "nan" or not pandas.Series([identity(value)]).isin([*map(identity, SET)]).iloc[0]


def is_type(name):
    return {"number": is_number, "text": lambda value: isinstance(value, str),
            "boolean": lambda value: isinstance(value, bool),
            "integer": lambda value: isinstance(value, int) and not isinstance(value, bool)
            or isinstance(value, float) and value.is_integer()}[name]


def word(pattern, is_it):
    def is_word(value):
        return bool(re.fullmatch(pattern, value, re.I)) if isinstance(value, str) else is_number(value) and is_it(value)
    return shares(is_word)


def distinct(column):
    if len(identities(column)) == 0 and (len(present(column)) > 0 or None not in column):
        return None
    return identities(column).nunique()


def varies(column):
    return None if len(identities(column)) < 2 else float(identities(column).nunique() > 1)


def unless_nan(value):
    return None if value is None or not math.isfinite(value) else float(value)


def change(now, before):
    return None if now is None or not before else (now - before) / abs(before)


def quantile(q):
    return lambda column: (float(numpy.quantile(finite(column), q, method="inverted_cdf"))
                           if len(finite(column)) else None)


STATISTICS = {
    "mean": lambda column: unless_nan(finite(column).mean()),
    # Equal numbers have exactly 0, without the rounding of their mean.
    "std": lambda column: 0.0 if finite(column).nunique() == 1 < len(finite(column)) else unless_nan(finite(column).std()),
    "minimum": lambda column: unless_nan(finite(column).min()),
    "maximum": lambda column: unless_nan(finite(column).max()),
}
PER_COLUMN = {
    "type_number": ('type = { {c}, is = "number" }', shares(lambda value: not is_type("number")(value))),
    "type_integer": ('type = { {c}, is = "integer" }', shares(lambda value: not is_type("integer")(value))),
    "type_text": ('type = { {c}, is = "text" }', shares(lambda value: not is_type("text")(value))),
    "type_boolean": ('type = { {c}, is = "boolean" }', shares(lambda value: not is_type("boolean")(value))),
    "null": ("null_ratio = { {c} }",
             lambda column: 1 - len(present(column)) / len(column) if column else None),
    "nan": ("nan_ratio = { {c} }", word("[-+]?nan", math.isnan)),
    "inf": ("inf_ratio = { {c} }", word("[-+]?inf(inity)?", math.isinf)),
    "range": (f"range = {{ {{c}}, min = -2.5, max = {EXACT} }}", shares(is_outside)),
    "set": (f"in_set = {{ {{c}}, values = {json.dumps(SET).replace('Infinity', 'inf')} }}", shares(is_unknown)),
    "matches": ("matches = { {c}, pattern = '^[ab]' }",
                shares(lambda value: not (isinstance(value, str) and re.match("[ab]", value)))),
    "distinct": ("distinct = { {c}, min = 1 }", distinct),
    "varies": ("varies = { {c} }", varies),
    "quantile": ("quantile = { {c}, q = 0.9, min = 1 }", quantile(0.9)),
    **{name: (f"{name} = {{ {{c}}, min = 1 }}", statistic) for name, statistic in STATISTICS.items()},
}


LISTS = shares(lambda value: isinstance(value, list))
# By check: the share of the column's values that it leaves out.
LEFT_OUT = {**{check: not_finite for check in (*STATISTICS, "quantile", "mean_change", "std_change")},
            "distinct": LISTS, "varies": LISTS}


def correlation(table, x, y):
    pairs = [(seconds(a), seconds(b)) for a, b in zip(table[x], table[y])]
    pairs = [pair for pair in pairs if all(is_number(value) and math.isfinite(value) for value in pair)]
    frame = pandas.DataFrame(pairs, columns=["x", "y"], dtype=float)
    return None if frame["x"].nunique() < 2 or frame["y"].nunique() < 2 else unless_nan(frame["x"].corr(frame["y"]))


def group_order(table):
    rows = [(g, float(v)) for g, v in zip(table["g"], table["big"]) if isinstance(g, str) and is_number(v)]
    frame = pandas.DataFrame({"g": [g for g, _ in rows], "v": pandas.Series([v for _, v in rows], dtype=float)})
    means = frame.groupby("g")["v"].mean().reindex(["a", "b", "c"]).dropna()
    return None if len(means) < 2 else float((means.diff().iloc[1:] <= 0).sum())


def repeated(table):
    keys = [(identity(g), identity(k)) for g, k in zip(table["g"], table["k"])
            if None not in (g, k) and MISSING not in (g, k)]
    return share(pandas.Series(keys, dtype=object).duplicated()) if keys else None


def expression(table):
    """num <= big, of the rows that have both; NaN is not ordered."""
    rows = [(a, b) for a, b in zip(table["num"], table["big"]) if None not in (a, b) and MISSING not in (a, b)]
    return share(pandas.Series([a <= b for a, b in rows], dtype=object))


def newest(table):
    times = present(table["time"])
    return None if len(times) == 0 else pandas.to_datetime(times, utc=True).max().timestamp()


def expected(table, before, parquet):
    """By check and column."""
    values = {("rows", None): float(len(table["num"])),
              ("rows_change", None): change(len(table["num"]), len(before["num"])),
              ("correlation", "num,k"): correlation(table, "num", "k"), ("group_order", "big"): group_order(table),
              ("unique", "g,k"): repeated(table), ("expression", None): expression(table),
              ("freshness", label("time", parquet)): newest(table)}
    for name, column in table.items():
        for check, (_, of_column) in PER_COLUMN.items():
            if check == "matches" and name == "time":
                continue
            values[check, label(name, parquet)] = of_column(column)
        for statistic in ("mean", "std"):
            base = STATISTICS[statistic](before[name])
            # A change from what is only rounding is rounding, too.
            base = None if not_finite(before[name]) else base
            if not base or abs(base) > 1e-9 * finite(before[name]).abs().max():
                values[statistic + "_change", label(name, parquet)] = change(STATISTICS[statistic](column), base)
    if parquet:
        values["columns", "num"] = 1.0
        values["columns", "mixed"] = 0.0
        values["extra_columns", None] = float(len(table) - 2)
    return values


def label(name, parquet):
    return f"timestamp({name})" if name == "time" and not parquet else name


def configuration(directory, name, parquet):
    checks = ["rows = { min = 1 }", "rows_change = { min = 0 }", 'correlation = { columns = ["num", "k"], min = 0 }',
              'group_order = { group = "g", value = "big", ascending = ["a", "b", "c"] }',
              'unique = { columns = ["g", "k"] }', 'expression = "num <= big"',
              f'freshness = {{ column = "{label("time", parquet)}", max = "1h" }}']
    if parquet:
        checks.append('columns = { required = ["num", "mixed"], optional = ["g"], extra = "forbidden" }')
    columns = json.dumps([label(column, parquet) for column in COLUMNS if not (parquet and column == "mixed")])
    for check, (toml, _) in PER_COLUMN.items():
        # Only text can match, which the language knows of timestamp().
        of_check = columns.replace('"timestamp(time)"', '"time"') if check == "matches" else columns
        checks.append(toml.replace("{c}", f"columns = {of_check}") + f'\nname = "{check}"')
    for statistic in ("mean", "std"):
        checks.append(f"{statistic}_change = {{ columns = {columns}, min = 0 }}")
    return f"""
[[source]]
name = "{name}"
type = "file"
path = "{directory}/{name}-*"
format = "{'parquet' if parquet else 'json'}"
replaces = "any"
{'' if parquet else 'records = "rows.*"'}
[[quality]]
name = "{name}"
source = "{name}"
""" + "".join(f"[[quality.check]]\n{check}\n" for check in checks)


class RandomTablesTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def differences(self, name, samples, table, before):
        """Where the agent's values are not those of pandas, as lines."""
        parquet = "mixed" not in table
        largest = max((abs(value) for column in table.values() for value in finite(column)), default=0)
        for (check, column), value in expected(table, before, parquet).items():
            labels = tuple(sorted([("check", check), ("quality", name)] + ([("column", column)] if column else [])))
            found = samples.get(("leeway_quality_newest_timestamp_seconds" if check == "freshness" else
                                 "leeway_quality_check_value", labels))
            unjudged = samples[("leeway_quality_check_unjudged_runs", labels)]
            # The sums of two algorithms differ by roundings of their largest value.
            rounding = max(1e-12 * largest if check in ("mean", "std") else 1e-9, 1e-9 * abs(value or 0))
            left_out = samples.get(("leeway_quality_check_left_out_ratio", labels))
            if check in LEFT_OUT:
                expected_left_out = LEFT_OUT[check](table[column.removeprefix("timestamp(").rstrip(")")])
                if left_out is None or expected_left_out is None or abs(left_out - expected_left_out) > 1e-12:
                    if left_out is not expected_left_out:
                        yield f"{name}: {check} of {column} leaves out {left_out}, expected {expected_left_out}"
            if left_out:
                passed = samples.get(("leeway_quality_check_passed", labels))
                agrees = unjudged > 0 and passed is None and (value is None) == (found is None)
            elif value is None:
                agrees = found is None and (unjudged > 0 or len(table["num"]) == 0)
            else:
                agrees = found is not None and abs(found - value) <= rounding and unjudged == 0
            if not agrees:
                data = table.get((column or "").removeprefix("timestamp(").rstrip(")"))
                yield f"{name}: {check} of {column} is {found}, expected {value}; unjudged {unjudged}: {str(data)[:300]}"

    def test_each_kind_agrees_with_pandas(self):
        choose = random.Random(SEED)
        for first in range(0, TABLES, TABLES_OF_A_RUN):
            tables, config = {}, ""
            for i in range(first, min(first + TABLES_OF_A_RUN, TABLES)):
                name, parquet = f"t{i}", i % 2 == 0
                tables[name] = [make_table(choose, parquet) for _ in range(2)]
                for version, table in enumerate(tables[name]):
                    path = self.directory / f"{name}-{version}"
                    write(path, table, parquet)
                    os.utime(path, (1_700_000_000 + version,) * 2)
                config += configuration(self.directory, name, parquet)
            path = self.directory / "leeway.toml"
            path.write_text(config)
            done = subprocess.run([harness.LEEWAY, "replay", "--config.file", path], capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stderr)
            samples = harness.exposition.parse_samples(done.stdout)
            wrong = [line for name, (before, table) in tables.items()
                     for line in self.differences(name, samples, table, before)]
            self.assertEqual([], wrong[:20])


if __name__ == "__main__":
    unittest.main()
