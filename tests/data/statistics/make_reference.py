#!/usr/bin/python3
"""Writes reference.json: values of NumPy and SciPy for fixed and for seeded samples. See README.md."""
import json
import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20261125)


def sample(n, digits):
    return [float(v) for v in np.round(rng.lognormal(3.0, 0.4, n), digits)]


descriptions = []
for n in (1, 2, 3, 4, 5, 10, 17, 100, 1001):
    values = sample(n, 3)
    descriptions.append({
        "values": values,
        "median": float(np.median(values)),
        "mean": float(np.mean(values)),
        "stddev": float(np.std(values, ddof=1)) if n > 1 else 0.0,
        "geometric_mean": float(stats.gmean(values)),
        "percentiles": {str(p): float(np.percentile(values, p, method="linear")) for p in (0, 2.5, 10, 25, 50, 75, 90, 97.5, 99, 100)},
    })

tests = []


def add(a, b, method):
    r = stats.mannwhitneyu(a, b, alternative="two-sided", method=method, use_continuity=True)
    tests.append({"a": a, "b": b, "method": method, "u": float(r.statistic), "p": float(r.pvalue)})


for n, m in ((1, 1), (2, 2), (3, 5), (4, 4), (5, 5), (8, 8), (10, 7), (20, 20), (25, 25), (25, 3)):
    a, b = sample(n, 6), [v * 1.15 for v in sample(m, 6)]
    add(a, b, "exact")
    add(a, b, "asymptotic")
for n, m in ((5, 5), (10, 12), (30, 30), (200, 150)):  # ties
    add(sample(n, -1), sample(m, -1), "asymptotic")
add([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], "exact")
add([5.0, 6.0, 7.0, 8.0], [1.0, 2.0, 3.0, 4.0], "exact")

boots = []
for n in (5, 12, 40):
    values = sample(n, 3)
    r = stats.bootstrap((values,), np.median, n_resamples=200000, method="percentile", vectorized=True, axis=-1, random_state=7, batch=20000)
    boots.append({"values": values, "low": float(r.confidence_interval.low), "high": float(r.confidence_interval.high)})

json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "descriptions": descriptions, "mann_whitney": tests, "bootstrap_median": boots},
          open("reference.json", "w"), indent=1)
