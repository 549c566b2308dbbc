#!/usr/bin/env python3
"""How near the thresholds of [[drift]] beyond its 20,000 draws are to their rates: prints a table.

The scores are computed here, with numpy, for windows of 1,000 rows against a reference of 10,000, on 100 cells of normal
values or on 11 bins. `drift_tails` takes thresholds from 20,000 of them at a time; all draws together tell how often these
are exceeded. Usage: tests/bench/drift_tails.py DRIFT_TAILS [DRAWS]
"""

import subprocess
import sys

import numpy
from scipy import stats

REFERENCE, WINDOW, BATCH, TAKEN = 10_000, 1_000, 20_000, 20_000
LEVELS = [1e-2, 1e-3, 1e-4, 1e-5]


def shares(random, cells, count):
    """Windows without drift: multinomial, of shares that are as uncertain as the reference leaves them."""
    weights = random.gamma(REFERENCE / cells, size=(count, cells))
    return random.multinomial(WINDOW, weights / weights.sum(1, keepdims=True)) / WINDOW


def of_numbers(q):
    cells = q.shape[1]
    values = stats.norm.ppf((numpy.arange(cells) + 0.5) / cells)
    steps = numpy.abs(numpy.cumsum(q - 1 / cells, 1))[:, :-1]
    return {"wasserstein": steps @ numpy.diff(values), "ks": steps.max(1), "mean_shift": numpy.abs(q @ values)}


def of_bins(q):
    p = 1 / q.shape[1]
    middle = (p + q) / 2
    with numpy.errstate(divide="ignore", invalid="ignore"):
        divergence = (numpy.where(q > 0, q * numpy.log(q / middle), 0) + p * numpy.log(p / middle)).sum(1) / 2
    smooth = (q * WINDOW + 0.5) / (WINDOW + 0.5 * q.shape[1])
    return {"jensen_shannon": numpy.sqrt(numpy.maximum(divergence, 0) / numpy.log(2)),
            "psi": ((smooth - p) * numpy.log(smooth / p)).sum(1), "l_infinity": numpy.abs(q - p).max(1)}


def main():
    program, draws = sys.argv[1], int(float(sys.argv[2])) if len(sys.argv) > 2 else 2_000_000
    random = numpy.random.default_rng(15)
    scores = {}
    for cells, score in ((100, of_numbers), (11, of_bins)):
        for _ in range(draws // BATCH):
            for method, values in score(shares(random, cells, BATCH)).items():
                scores.setdefault(method, []).append(values)
    print("| Score | " + " | ".join(f"{level:.0e}" for level in LEVELS) + " |\n|---|" + "---|" * len(LEVELS))
    for method, parts in scores.items():
        # Rounding errors of equal scores are no differences.
        values = numpy.round(numpy.concatenate(parts), 12)
        taken = subprocess.run([program, method, str(TAKEN)], input=values.astype(numpy.float64).tobytes(),
                               capture_output=True, check=True).stdout.decode()
        thresholds = numpy.array([line.split() for line in taken.splitlines()], float)[:, :len(LEVELS)]
        ordered = numpy.sort(values)
        rates = (len(values) - numpy.searchsorted(ordered, thresholds, side="right")) / len(values) / LEVELS
        print(f"| `{method}` | " + " | ".join(f"{mean:.2f} ± {deviation:.2f}" for mean, deviation
                                              in zip(rates.mean(0), rates.std(0), strict=True)) + " |", flush=True)


if __name__ == "__main__":
    main()
