#!/usr/bin/env python3
"""Writes two_sample_vectors.txt: values of SciPy for two_sample_test.cpp (scipy 1.17.1, numpy 2.4.6).

One vector per line: function; first list; second list; results. Run by hand when a function is added, or as
    make_two_sample_vectors.py FACTOR SEED FILE
to write FACTOR times as many random ones to another file; compare_with_scipy.sh does so.
"""
import sys

import numpy as np
from scipy import stats
from scipy.spatial import distance
from scipy.special import gammaincc, kolmogorov, rel_entr

PSEUDO_COUNT = 0.5
FACTOR = int(sys.argv[1]) if len(sys.argv) > 1 else 1
random = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 20261121)


def line(name, a, b, *results):
    print(";".join([name] + [" ".join(repr(float(x)) for x in part) for part in (a, b, results)]))


def counts(name, p, q):
    p, q = np.asarray(p, float), np.asarray(q, float)
    ps, qs = p / p.sum(), q / q.sum()
    pp = (p + PSEUDO_COUNT) / (p + PSEUDO_COUNT).sum()
    qq = (q + PSEUDO_COUNT) / (q + PSEUDO_COUNT).sum()
    line("psi", p, q, rel_entr(pp, qq).sum() + rel_entr(qq, pp).sum())
    line("jensen_shannon", p, q, distance.jensenshannon(p, q, base=2))
    line("hellinger", p, q, np.linalg.norm(np.sqrt(ps) - np.sqrt(qs)) / np.sqrt(2))
    line("total_variation", p, q, distance.cityblock(ps, qs) / 2)
    line("l_infinity", p, q, distance.chebyshev(ps, qs))
    kept = (p + q) > 0
    if kept.sum() > 1:
        test = stats.chi2_contingency(np.array([p[kept], q[kept]]), correction=False)
        line("chi_square", p, q, test.statistic, test.dof, test.pvalue)
    positions = np.arange(len(p), dtype=float) ** 2
    line("wasserstein_on_squares", p, q, stats.wasserstein_distance(positions, positions, p, q))
    line("ks_on_cells", p, q, np.abs(np.cumsum(ps) - np.cumsum(qs)).max())


def samples(a, b):
    a, b = np.sort(a), np.sort(b)
    line("ks", a, b, stats.ks_2samp(a, b).statistic)
    line("wasserstein", a, b, stats.wasserstein_distance(a, b))


def main():
    counts("", [20, 30, 50], [30, 30, 40])
    counts("", [16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8])
    counts("", [4, 2, 0], [1, 1, 4])
    counts("", [1, 0, 0], [0, 1, 0])
    for cells in (2, 3, 10, 50):
        for _ in range(15 * FACTOR):
            p = random.dirichlet(np.full(cells, 0.7))
            q = random.dirichlet(np.full(cells, 0.7)) if random.random() < 0.5 else p
            a = random.multinomial(int(10 ** random.uniform(1, 7)), p)
            b = random.multinomial(int(10 ** random.uniform(1, 5)), q)
            if (a > 0).any() and (b > 0).any():
                counts("", a, b)
    for _ in range(100 * FACTOR):
        n, m = random.integers(1, 60, 2)
        kind = random.integers(0, 3)
        if kind == 0:
            samples(random.normal(size=n), random.normal(0.3, 1.2, size=m))
        elif kind == 1:
            samples(random.integers(0, 6, n), random.integers(0, 7, m))
        else:
            samples(random.lognormal(0, 3, n), random.lognormal(0, 3, m) * 1e6)
    for df in (1, 2, 5, 9, 49, 199, 1000):
        for x in (1e-3, 0.5, df * 0.5, float(df), df * 1.5, df * 4.0):
            line("chi_square_survival", [x], [df], gammaincc(df / 2, x / 2))
    for x in (0.1, 0.3, 0.5, 0.8, 0.99, 1.0, 1.01, 1.3581, 2.0, 3.0, 5.0):
        line("kolmogorov_survival", [x], [0], kolmogorov(x))


if __name__ == "__main__":
    path = sys.argv[3] if len(sys.argv) > 3 else __file__.replace("make_", "").replace(".py", ".txt")
    sys.stdout = open(path, "w", encoding="ascii")
    main()
