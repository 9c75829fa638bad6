"""
Writes scipy-golden.json: what scipy (1.17.1, numpy 2.4.6) says of tests and laws that drift-golden.json has no case of: ties, sizes
that differ, probabilities far out.

    pip install scipy==1.17.1 numpy==2.4.6 && python make_scipy_golden.py > scipy-golden.json
"""
import json
import sys

import numpy as np
from scipy import stats

random = np.random.default_rng(20130101)


def ks_exact_with_ties(reference, current):
    """The permutation distribution by brute force over all ways to part the pooled rows; scipy's exact law knows no ties."""
    from itertools import combinations

    pooled = np.concatenate([reference, current])
    values = np.unique(pooled)
    observed = stats.ks_2samp(reference, current, method="asymp").statistic
    hits = total = 0
    for chosen in combinations(range(len(pooled)), len(current)):
        mask = np.zeros(len(pooled), bool)
        mask[list(chosen)] = True
        below = lambda rows: np.searchsorted(np.sort(rows), values, side="right") / len(rows)
        distance = np.max(np.abs(below(pooled[~mask]) - below(pooled[mask])))
        hits += distance >= observed - 1e-12
        total += 1
    return hits / total


def rounded(sample):
    return [float(f"{value:.6g}") for value in sample]


def two_samples():
    for n, m, shift in [(30, 12, 0.0), (80, 50, 0.6), (7, 200, -1.2), (40, 40, 3.0)]:
        reference = rounded(random.normal(size=n))
        current = rounded(random.normal(loc=shift, size=m))
        yield {
            "reference": reference,
            "current": current,
            "ksExact": float(stats.ks_2samp(reference, current, method="exact").pvalue),
            "wasserstein": float(stats.wasserstein_distance(reference, current)),
        }


def ties():
    for n, m, values in [(9, 6, 3), (10, 7, 4), (12, 5, 2)]:
        reference = [int(value) for value in random.integers(values, size=n)]
        current = [int(value) for value in random.integers(1, values + 1, size=m)]
        yield {"reference": reference, "current": current, "ksExact": ks_exact_with_ties(reference, current)}


def one_sample_laws():
    # scipy itself approximates from 140 rows on (Pelz and Good): right to six digits in the middle of the law.
    for n, distance in [(5, 0.3), (10, 0.6), (50, 0.1), (100, 0.25), (140, 0.12), (300, 0.05), (400, 0.12)]:
        yield {"n": n, "distance": distance, "tail": float(stats.kstwo.sf(distance, n)), "digits": 6}
    for n, distance in [(1000, 0.03), (2500, 0.04), (50000, 0.005), (50000, 0.0095), (500000, 0.003)]:
        yield {"n": n, "distance": distance, "tail": float(stats.kstwo.sf(distance, n)), "digits": 2.5}


def tables():
    for shape, size in [((2, 3), 40), ((2, 12), 900), ((2, 5), 100000)]:
        counts = random.multinomial(size, random.dirichlet(np.full(shape[1], 2.0)), size=2)
        test = stats.chi2_contingency(counts)
        yield {"counts": counts.tolist(), "statistic": float(test.statistic), "pValue": float(test.pvalue)}


def chi_squared_tails():
    for x, degrees in [(0.1, 1), (3.84, 1), (200.0, 1), (2.0, 9), (60.0, 9), (95.0, 99), (400.0, 99), (1000.0, 20)]:
        yield {"x": x, "degrees": degrees, "tail": float(stats.chi2.sf(x, degrees))}


def fisher_like():
    """Two-sided by distance from the expected count, over all tables with the margins."""
    for total, cell, drawn, hits in [(900, 40, 100, 11), (5050, 30, 50, 3), (60, 20, 30, 10)]:
        law = stats.hypergeom(total, cell, drawn)
        every = np.arange(max(0, drawn + cell - total), min(cell, drawn) + 1)
        off = np.abs(every - drawn * cell / total)
        p = float(law.pmf(every[off >= off[every == hits][0] - 1e-9]).sum())
        yield {"total": total, "cell": cell, "drawn": drawn, "hits": hits, "pmf": float(law.pmf(hits)), "pValue": min(1.0, p)}


json.dump(
    {
        "twoSamples": list(two_samples()),
        "ties": list(ties()),
        "oneSampleLaws": list(one_sample_laws()),
        "tables": list(tables()),
        "chiSquaredTails": list(chi_squared_tails()),
        "twoCells": list(fisher_like()),
        "falseDiscovery": {
            "pValues": [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216],
            "bh": stats.false_discovery_control(
                [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
            ).tolist(),
            "by": stats.false_discovery_control(
                [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216], method="by"
            ).tolist(),
        },
    },
    sys.stdout,
    indent=1,
)
