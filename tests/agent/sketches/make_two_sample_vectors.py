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
from scipy.special import gammaincc, gammaln, kolmogorov, kve, rel_entr
from scipy.stats import contingency

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
    tests_of_counts(p, q)
    positions = np.arange(len(p), dtype=float) ** 2
    line("wasserstein_on_squares", p, q, stats.wasserstein_distance(positions, positions, p, q))
    line("ks_on_cells", p, q, np.abs(np.cumsum(ps) - np.cumsum(qs)).max())


def samples(a, b):
    a, b = np.sort(a), np.sort(b)
    line("ks", a, b, stats.ks_2samp(a, b).statistic)
    line("wasserstein", a, b, stats.wasserstein_distance(a, b))
    if len(a) > 1 and len(b) > 1:
        p_values = [stats.ks_2samp(a, b, method=method).pvalue for method in ("exact", "asymp")]
        mise = stats.cramervonmises_2samp(a, b)
        mise_p = mise.pvalue if max(len(a), len(b)) <= 20 else cramer_von_mises_limit(mise.statistic, len(a), len(b))
        line("sample_tests", a, b, stats.energy_distance(a, b), *p_values, mise.statistic, mise_p)


def tests_of_counts(p, q):
    pp, qq = p + PSEUDO_COUNT, q + PSEUDO_COUNT
    kept = (p + q) > 0
    table = np.array([p[kept], q[kept]])
    if kept.sum() > 1 and table.sum() < 1e5:  # SciPy's likelihood ratio loses digits in large tables
        v = contingency.association(table.astype(int), method="cramer", correction=False)
        test = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        line("count_tests", p, q, stats.entropy(pp, qq), v, test.statistic, test.dof, test.pvalue)
    if len(p) == 2 and kept.all():
        pooled = table[:, 1].sum() / table.sum()
        error = np.sqrt(pooled * (1 - pooled) * (1 / p.sum() + 1 / q.sum()))
        z = (p[1] / p.sum() - q[1] / q.sum()) / error
        line("two_proportions", p, q, z, 2 * stats.norm.sf(abs(z)))


def large_samples():
    """P-values of Kolmogorov-Smirnov's D and Cramer-von Mises' T between many rows, by their sizes alone."""
    for n, m in ((30, 1e9), (100, 16_384), (141, 1e6), (1000, 10_000), (10_000, 10_000), (3000, 1e6), (1e6, 1e6),
                 (3e6, 1e9)):
        en = np.round(n * m / (n + m))
        for z in (0.15, 0.3, 0.5, 0.8, 1.2, 1.47, 1.49, 1.9, 2.1, 3.0, 5.0):
            d = z / np.sqrt(en)
            if d < 1:
                line("ks_of_sizes", [d], [n, m], stats.kstwo.sf(d, en))
    for n, m in ((30, 100), (200, 10_000), (10_000, 10_000)):
        for t in (0.01, 0.05, 0.1667, 0.35, 0.46, 0.74, 1.17, 2.5):
            line("cramer_von_mises_of_sizes", [t], [n, m], cramer_von_mises_limit(t, n, m))


def cramer_von_mises_limit(t, n, m):
    """As in SciPy, which ends the series at terms of 1e-7: an error of 2e-9 where the p-value is smaller."""
    total = n + m
    variance = (total + 1) * (4 * n * m * total - 3 * (n**2 + m**2) - 2 * n * m) / (45 * total**2 * 4 * n * m)
    x = 1 / 6 + (t - (1 + 1 / total) / 6) / np.sqrt(45 * variance)
    k = np.arange(100)
    y = 4 * k + 1
    q = y**2 / (16 * x)
    terms = np.exp(gammaln(k + 0.5) - gammaln(k + 1) - 2 * q) * np.sqrt(y) * kve(0.25, q) / (np.pi**1.5 * np.sqrt(x))
    return max(1 - terms.sum(), 1e-15)


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
    large_samples()


if __name__ == "__main__":
    path = sys.argv[3] if len(sys.argv) > 3 else __file__.replace("make_", "").replace(".py", ".txt")
    sys.stdout = open(path, "w", encoding="ascii")
    main()
