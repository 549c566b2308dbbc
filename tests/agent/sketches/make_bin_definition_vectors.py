#!/usr/bin/env python3
"""Writes bin_definition_vectors.txt: what Evidently and NannyML report for random columns, for bin_definition_test.cpp
(evidently 0.7.23, nannyml 0.13.1, scipy 1.17.1, numpy 2.4.6, pandas 2.3.3).

One vector per line: tool; reference; window; results. compare_with_libraries.sh installs the libraries and runs
    make_bin_definition_vectors.py SEED FILE
"""
import os
import sys
import warnings

os.environ |= {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1"}

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
from nannyml import UnivariateDriftCalculator

warnings.filterwarnings("ignore")
random = np.random.default_rng(int(sys.argv[1]))


def evidently(reference, window, method):
    # By default integers of few values are categories.
    tables = [Dataset.from_pandas(pd.DataFrame({"x": values}), DataDefinition(numerical_columns=["x"]))
              for values in (window, reference)]
    result = Report([ValueDrift(column="x", method=method)]).run(*tables)
    return float(result.dict()["metrics"][0]["value"])


def nannyml(reference, window):
    calculator = UnivariateDriftCalculator(
        ["x"], continuous_methods=["jensen_shannon", "hellinger"], chunk_size=max(len(window), len(reference) // 6))
    calculator.fit(pd.DataFrame({"x": reference.astype(float)}))
    result = calculator.calculate(pd.DataFrame({"x": window.astype(float)})).filter(period="analysis").to_df()
    return [float(result[("x", method, "value")].iloc[0]) for method in ("jensen_shannon", "hellinger")]


def columns():
    """Pairs of a reference and a window."""
    for rows in (40, 150, 300):
        yield random.normal(size=rows).round(3), random.normal(0.3, 1.2, size=rows // 2).round(3)
        yield random.lognormal(0, 1.5, rows).round(3), random.lognormal(0.2, 1.5, rows).round(3)
        yield random.standard_t(2, rows).round(3), random.standard_t(2, rows).round(3)
        yield random.uniform(0, 5, rows).round(1), random.uniform(-1, 7, rows // 3).round(1)
        yield random.integers(0, 40, rows), random.integers(3, 55, rows // 2)
        yield random.poisson(300, rows), random.poisson(320, rows)
        yield random.integers(1, 6, rows), random.integers(2, 8, rows // 2)
        yield random.integers(0, 2, rows), random.integers(0, 2, rows // 3)
        yield np.round(random.integers(0, 15, rows) * 0.25, 2), np.round(random.integers(0, 18, rows) * 0.25, 2)
        yield np.where(random.random(rows) < 0.8, 0, random.exponential(3, rows)).round(2), np.where(
            random.random(rows) < 0.6, 0, random.exponential(3, rows)).round(2)
    yield np.full(50, 3.5), np.full(40, 3.5)
    yield np.full(50, 3.5), np.array([3.5] * 30 + [4.25] * 10)


def main():
    for reference, window in columns():
        scores = [evidently(reference, window, name) for name in ("psi", "kl_div", "jensenshannon", "hellinger")]
        # These do not depend on bins.
        scores += [evidently(reference, window, name) for name in ("ks", "wasserstein", "ed", "cramer_von_mises")]
        line("evidently", reference, window, scores)
        if reference.min() < reference.max():
            line("nannyml", reference, window, nannyml(reference, window))


def line(name, *parts):
    print(";".join([name] + [" ".join(format(x, ".17g") for x in part) for part in parts]))


if __name__ == "__main__":
    sys.stdout = open(sys.argv[2], "w", encoding="ascii")
    main()
