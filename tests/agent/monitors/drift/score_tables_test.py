#!/usr/bin/env python3
"""Compares `wasserstein` and `ks` of random tables with an exact implementation, and with SciPy if it is installed.

Usage: score_tables_test.py PROGRAM, the one built from score_tables.cpp. LEEWAY_SCORE_TABLES is the number of tables (10,000
take half an hour), LEEWAY_SCORE_SEED their seed.
"""
import array
import math
import os
import random
import subprocess
import sys

try:
    from scipy import stats
except ImportError:
    stats = None

TABLES = int(os.environ.get("LEEWAY_SCORE_TABLES", "60"))
SEED = int(os.environ.get("LEEWAY_SCORE_SEED", "1"))
KEPT_ROWS = 10_000      # of a window: its values fit into memory
KEPT_REFERENCE = 16_384
FEW_VALUES = 1_024      # of a reference: exact whatever its rows


def normal(draw):
    return draw.gauss(0, 1)


def lognormal(draw):
    return math.exp(draw.gauss(0, draw.sigma))


def discrete(draw):
    return float(math.floor(draw.gauss(0, draw.spread)))


def heaped(draw):
    value = draw.gauss(50, 20)
    return float(round(value, -1)) if draw.random() < 0.6 else value


def zero_inflated(draw):
    return 0.0 if draw.random() < draw.share else math.exp(draw.gauss(0, 1))


def heavy(draw):
    return draw.gauss(0, 1) / math.sqrt(draw.gammavariate(draw.freedom / 2, 2 / draw.freedom))


def tied(draw):
    return round(draw.gauss(0, 1) * draw.grain) / draw.grain


SHAPES = [normal, lognormal, discrete, heaped, zero_inflated, heavy, tied]


def make_table(draw):
    """A reference, and a window that is the same, moved, stretched or has changed in some of its rows."""
    shape = draw.choice(SHAPES)
    draw.sigma, draw.spread, draw.share = draw.uniform(0.3, 2), 10 ** draw.uniform(0, 4), draw.uniform(0.1, 0.95)
    draw.freedom, draw.grain = draw.uniform(1.5, 6), 10 ** draw.uniform(0, 4)
    reference = [shape(draw) for _ in range(int(10 ** draw.uniform(2, 4.6)))]
    window = [shape(draw) for _ in range(int(10 ** draw.uniform(1.5, 4.6)))]
    change = draw.random()
    by = draw.choice([1e-9, 0.01, 0.1, 1, 30]) * draw.choice([-1, 1])
    if change < 0.3:
        window = [value + by for value in window]
    elif change < 0.4:
        window = [value * (1 + by) for value in window]
    elif change < 0.5:
        window = [value + by if draw.random() < 0.1 else value for value in window]
    return reference, window


def exact(reference, window):
    """Wasserstein's and Kolmogorov and Smirnov's distances of ascending samples."""
    n, m = len(reference), len(window)
    distance, largest, i, j = [], 0.0, 0, 0
    previous = min(reference[0], window[0])
    while i < n or j < m:
        value = min(reference[i] if i < n else math.inf, window[j] if j < m else math.inf)
        distance.append(abs(i / n - j / m) * (value - previous))
        while i < n and reference[i] == value:
            i += 1
        while j < m and window[j] == value:
            j += 1
        largest = max(largest, abs(i / n - j / m))
        previous = value
    return math.fsum(distance), largest


def deviation(values):
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def scores(program, reference, window, steps):
    program.stdin.write(array.array("Q", [len(reference), len(window), steps]).tobytes())
    program.stdin.write(array.array("d", reference + window).tobytes())
    program.stdin.flush()
    return [float(field) for field in program.stdout.readline().split()]


def main():
    draw = random.Random(SEED)
    with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        kept, worst, bounds = 0, {"wasserstein": 0.0, "ks": 0.0}, []
        for number in range(TABLES):
            reference, window = make_table(draw)
            fields = scores(program, reference, window, draw.choice([1, 1, 6]))
            case = f"table {number} of seed {SEED}: {len(reference)} and {len(window)} rows"
            reference.sort()
            window.sort()
            distance, largest = exact(reference, window)
            if stats is not None:
                assert math.isclose(distance, stats.wasserstein_distance(reference, window), rel_tol=1e-9, abs_tol=1e-12)
                assert math.isclose(largest, stats.ks_2samp(reference, window, method="asymp").statistic, abs_tol=1e-12)
            scale = deviation(reference)
            if scale == 0:
                scale = abs(reference[0]) or 1.0
            else:
                assert math.isclose(fields[6], scale, rel_tol=1e-9), case
            is_kept = ((len(window) <= KEPT_ROWS and len(reference) <= KEPT_REFERENCE)
                       or (len(window) <= KEPT_ROWS and len(set(reference)) <= FEW_VALUES))
            kept += is_kept
            for method, true, (score, bound, floor) in (("wasserstein", distance / scale, fields[0:3]),
                                                        ("ks", largest, fields[3:6])):
                error = abs(score - true)
                case_of = f"{case}, {method}: {score} is not {true} within {bound}, noise floor {floor}"
                noise = 1e-9 * max(1.0, true)
                if is_kept:
                    assert error <= noise and bound == 0, case_of
                assert error <= bound + noise, case_of
                allowed = max(0.01 * true, 0.05 * floor)
                assert error <= allowed + noise, f"{case_of}: more than allowed, {allowed}"
                worst[method] = max(worst[method], (error - noise) / (allowed + 1e-300))
                if bound > 0:
                    bounds.append(bound / (allowed + 1e-300))
        program.stdin.close()
    bounds.sort()
    print(f"{TABLES} tables, {kept} of them exact; largest error of the others as a share of the allowed one: "
          f"{worst['wasserstein']:.2f} (wasserstein), {worst['ks']:.2f} (ks)")
    if bounds:
        print(f"bounds as a multiple of the allowed error: median {bounds[len(bounds) // 2]:.2f}, "
              f"largest {bounds[-1]:.2f}")


if __name__ == "__main__":
    main()
