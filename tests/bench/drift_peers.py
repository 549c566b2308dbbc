"""The same table through widely used libraries: processor nanoseconds per value, and versions. Run by drift.sh."""

import importlib.metadata
import sys
import time
import warnings

import numpy as np
from scipy import stats

warnings.filterwarnings("ignore")
ROWS, COLUMNS = 100_000, 10
WINDOW = 10_000  # rows of a window, and of the reference that it is compared with by SciPy


def best_of(rounds, function):
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        function()
        best = min(best, time.process_time() - begin)
    return best / (ROWS * COLUMNS) * 1e9


def report(name, rounds, make):
    try:
        print(f"| {name} | {best_of(rounds, make()):.1f} |", flush=True)
    except Exception as error:  # a peer that does not run here is reported, not hidden
        print(f"| {name} | does not run: {type(error).__name__} {str(error)[:80]} |", flush=True)


def numpy_histogram(bins):
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1])) for column in REFERENCE]
    expected = [np.bincount(np.searchsorted(e, c), minlength=bins) / ROWS for e, c in zip(edges, REFERENCE)]

    def run():
        for edge, p, column in zip(edges, expected, CURRENT):
            q = np.bincount(np.searchsorted(edge, column), minlength=bins) / ROWS
            np.sum((p - q) * np.log((p + 1e-6) / (q + 1e-6)))
    return run


def scipy_distance(function, *arguments):
    def run():
        for reference, column in zip(REFERENCE, CURRENT):
            for begin in range(0, ROWS, WINDOW):
                function(reference[:WINDOW], column[begin:begin + WINDOW], *arguments)
    return run


def whylogs():
    import whylogs as why
    frame = frames()[1]
    return lambda: why.log(frame)


def evidently():
    from evidently import Report
    from evidently.presets import DataDriftPreset
    reference, current = frames()
    return lambda: Report([DataDriftPreset()]).run(current, reference).dict()


def nannyml():
    import nannyml as nml
    reference, current = frames()
    calculator = nml.UnivariateDriftCalculator(column_names=list(reference.columns),
                                               continuous_methods=["jensen_shannon"], chunk_size=10_000)
    calculator.fit(reference)
    return lambda: calculator.calculate(current)


def frames():
    import pandas
    return tuple(pandas.DataFrame({f"c{i}": column for i, column in enumerate(table)})
                 for table in (REFERENCE, CURRENT))


if __name__ == "__main__":
    CURRENT = np.fromfile(sys.argv[1]).reshape(COLUMNS, ROWS)
    REFERENCE = np.random.default_rng(2).normal(size=(COLUMNS, ROWS))
    version = importlib.metadata.version
    report(f"numpy {version('numpy')}, PSI on 10 quantile bins", 5, lambda: numpy_histogram(10))
    report(f"numpy {version('numpy')}, PSI on 50 quantile bins", 5, lambda: numpy_histogram(50))
    report(f"scipy {version('scipy')}, wasserstein_distance of 10,000 and 10,000", 3,
           lambda: scipy_distance(stats.wasserstein_distance))
    report(f"scipy {version('scipy')}, ks_2samp of 10,000 and 10,000", 3,
           lambda: scipy_distance(stats.ks_2samp, "two-sided", "asymp"))
    report(f"nannyml {version('nannyml')}, jensen_shannon", 3, nannyml)
    report(f"whylogs {version('whylogs')}, log", 3, whylogs)
    report(f"evidently {version('evidently')}, DataDriftPreset", 1, evidently)
