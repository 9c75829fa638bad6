"""Writes fairlearn-golden.json beside this file: what Fairlearn says of groups, and scipy and statsmodels of intervals and corrections.

python3 -m venv venv && venv/bin/pip install fairlearn==0.15.0 scikit-learn==1.9.1 scipy==1.17.1 statsmodels==0.15.0
venv/bin/python make_fairlearn_golden.py && npx biome format --write fairlearn-golden.json
"""

import json
import pathlib

import fairlearn
import numpy
from fairlearn import metrics
from scipy import stats
from sklearn.metrics import accuracy_score, mean_absolute_error, precision_score, recall_score, roc_auc_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

ROWS = 600
THRESHOLD = 0.4
random = numpy.random.default_rng(11)
groups = random.choice(["A", "B", "C"], ROWS, p=[0.5, 0.3, 0.2])
lift = numpy.select([groups == "A", groups == "B"], [0.0, 0.08], -0.05)
scores = numpy.round(numpy.clip(random.beta(2, 3, ROWS) + lift, 0, 1), 2)
labels = (random.random(ROWS) < scores).astype(int)
predicted = (scores >= THRESHOLD).astype(int)
# Numbers, for the metrics of a model that answers such: as far off as the score.
truths = numpy.round(random.gamma(2, 20, ROWS), 1)
answers = numpy.round(truths + random.normal(0, 10, ROWS) * (1 + scores), 1)


def between(measure, *given):
    frame = metrics.MetricFrame(metrics=measure, y_true=given[0], y_pred=given[1], sensitive_features=groups)
    return {
        "groups": {name: float(value) for name, value in frame.by_group.items()},
        "difference": float(frame.difference(method="between_groups")),
        "ratio": float(frame.ratio(method="between_groups")),
    }


def measured(difference, ratio):
    given = {"y_true": labels, "y_pred": predicted, "sensitive_features": groups}
    return {"difference": difference(**given), "ratio": ratio(**given)}


p_values = [0.0004, 0.04, 0.011, 0.6, 0.011, 0.0009, 0.97]
golden = {
    "made_by": f"make_fairlearn_golden.py with fairlearn {fairlearn.__version__}",
    "threshold": THRESHOLD,
    "groups": groups.tolist(),
    "scores": scores.tolist(),
    "labels": labels.tolist(),
    "truths": truths.tolist(),
    "answers": answers.tolist(),
    "fairness": {
        "demographic_parity": measured(metrics.demographic_parity_difference, metrics.demographic_parity_ratio),
        "equalized_odds": measured(metrics.equalized_odds_difference, metrics.equalized_odds_ratio),
        "equal_opportunity": measured(metrics.equal_opportunity_difference, metrics.equal_opportunity_ratio),
        "selection_rate": between(metrics.selection_rate, labels, predicted),
        "false_positive_rate": between(metrics.false_positive_rate, labels, predicted),
        "recall": between(recall_score, labels, predicted),
        "precision": between(precision_score, labels, predicted),
        "accuracy": between(accuracy_score, labels, predicted),
        "roc_auc": between(roc_auc_score, labels, scores),
        "mae": between(mean_absolute_error, truths, answers),
    },
    "normal_cdf": [[z, float(stats.norm.cdf(z))] for z in [-30, -8.5, -5, -1.96, -0.3, 0, 0.7, 2.5, 7.2]],
    "normal_upper": [[share, float(stats.norm.isf(share))] for share in [0.5, 0.2, 0.025, 0.0001, 1e-9]],
    "student_cdf": [
        [t, freedom, float(stats.t.cdf(t, freedom))] for t in [-3.2, -1.96, 1.0, 4.0] for freedom in [20, 60, 199]
    ],
    # successes, rows, low, high
    "wilson": [
        [k, n, *map(float, stats.binomtest(k, n).proportion_ci(0.95, method="wilson"))]
        for k, n in [(0, 30), (1, 50), (17, 40), (199, 200), (60, 60)]
    ],
    # successes and rows of two groups, low, high
    "newcombe": [
        [*of, *map(float, confint_proportions_2indep(*of, method="newcomb", compare="diff", alpha=0.05))]
        for of in [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 0, 29), (30, 30, 25, 29)]
    ],
    "p_values": p_values,
    "HOLM": multipletests(p_values, method="holm")[1].tolist(),
    "BENJAMINI_HOCHBERG": stats.false_discovery_control(p_values).tolist(),
}
path = pathlib.Path(__file__).with_name("fairlearn-golden.json")
path.write_text(json.dumps(golden) + "\n")
