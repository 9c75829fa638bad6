"""Writes sklearn-golden.json beside this file: what scikit-learn says of a few rows, for the tests to agree with.

python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python make_sklearn_golden.py
npx biome format --write sklearn-golden.json
"""

import json
import pathlib

import numpy
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

ROWS = 400
THRESHOLD = 0.4
random = numpy.random.default_rng(7)
# Two decimals: many ties.
scores = numpy.round(random.beta(2, 4, ROWS), 2)
labels = (random.random(ROWS) < scores).astype(int)
counts = random.poisson(1.0, ROWS)


def measure(weights):
    predicted = (scores >= THRESHOLD).astype(int)
    kwargs = {"sample_weight": weights}
    return {
        "roc_auc": metrics.roc_auc_score(labels, scores, **kwargs),
        "average_precision": metrics.average_precision_score(labels, scores, **kwargs),
        "log_loss": metrics.log_loss(labels, scores, **kwargs),
        "brier_score": metrics.brier_score_loss(labels, scores, **kwargs),
        "accuracy": metrics.accuracy_score(labels, predicted, **kwargs),
        "precision": metrics.precision_score(labels, predicted, **kwargs),
        "recall": metrics.recall_score(labels, predicted, **kwargs),
        "f1": metrics.f1_score(labels, predicted, **kwargs),
    }


def calibration():
    observed, predicted = calibration_curve(labels, scores, n_bins=10, strategy="quantile")
    inner = (scores > 0) & (scores < 1)
    logits = numpy.log(scores[inner] / (1 - scores[inner])).reshape(-1, 1)
    cox = LogisticRegression(C=numpy.inf, tol=1e-12, max_iter=1000).fit(logits, labels[inner])
    return {
        "observed": observed.tolist(),
        "mean_predicted": predicted.tolist(),
        "slope": cox.coef_[0][0],
        "intercept": cox.intercept_[0],
    }


def logistic():
    matrix = numpy.round(random.normal(size=(200, 3)), 3)
    target = (random.random(200) < 1 / (1 + numpy.exp(-(matrix @ [1.0, -2.0, 0.0] - 0.5)))).astype(int)
    model = LogisticRegression(C=0.5, tol=1e-12, max_iter=1000).fit(matrix, target)
    return {
        "matrix": matrix.tolist(),
        "labels": target.tolist(),
        "c": 0.5,
        "weights": model.coef_[0].tolist(),
        "bias": model.intercept_[0],
    }


def regression():
    # One decimal: many ties.
    truths = numpy.round(random.gamma(2, 20, ROWS), 1)
    answers = numpy.round(truths * 0.8 + random.normal(5, 12, ROWS), 1)

    def measured(weights):
        kwargs = {"sample_weight": weights}
        errors = numpy.repeat(answers - truths, 1 if weights is None else weights)
        return {
            "mae": metrics.mean_absolute_error(truths, answers, **kwargs),
            "rmse": metrics.root_mean_squared_error(truths, answers, **kwargs),
            "r2": metrics.r2_score(truths, answers, **kwargs),
            "mean_error": errors.mean(),
            "error_p5": numpy.quantile(errors, 0.05),
            "error_p50": numpy.quantile(errors, 0.5),
            "error_p95": numpy.quantile(errors, 0.95),
            "absolute_error_p50": numpy.quantile(abs(errors), 0.5),
            "absolute_error_p90": numpy.quantile(abs(errors), 0.9),
        }

    return {
        "truths": truths.tolist(),
        "answers": answers.tolist(),
        "metrics": measured(None),
        "weighted_metrics": measured(counts),
    }


def classes():
    """Four classes: one is never predicted, one is rare; probabilities with two decimals have many ties."""
    own = numpy.random.default_rng(11)
    truths = own.choice(4, ROWS, p=[0.5, 0.3, 0.17, 0.03])
    raw = own.gamma(1.0, size=(ROWS, 4)) + 2.0 * numpy.eye(4)[truths] * [1, 1, 1, 0]
    raw[:, 3] *= 0.02
    hundredths = numpy.floor(100 * raw / raw.sum(axis=1, keepdims=True))
    hundredths[:, 0] += 100 - hundredths.sum(axis=1)
    given = hundredths / 100
    predicted = given.argmax(axis=1)
    assert 3 not in predicted and 3 in truths

    def measured(weights):
        kwargs = {"sample_weight": weights}
        said = {
            "accuracy": metrics.accuracy_score(truths, predicted, **kwargs),
            "balanced_accuracy": metrics.balanced_accuracy_score(truths, predicted, **kwargs),
            "log_loss": metrics.log_loss(truths, given, labels=range(4), **kwargs),
            "roc_auc_ovr": metrics.roc_auc_score(truths, given, multi_class="ovr", average="macro", **kwargs),
            "roc_auc_ovr_weighted": metrics.roc_auc_score(truths, given, multi_class="ovr", average="weighted", **kwargs),
        }
        for average in ("macro", "weighted"):
            averaged = {"average": average, "zero_division": 0, **kwargs}
            said[f"precision_{average}"] = metrics.precision_score(truths, predicted, **averaged)
            said[f"recall_{average}"] = metrics.recall_score(truths, predicted, **averaged)
            said[f"f1_{average}"] = metrics.f1_score(truths, predicted, **averaged)
        return said

    # Without the rows of class 0: it may still be predicted, and is in no average of recalls.
    some = numpy.flatnonzero(truths != 0)
    sliced = {"balanced_accuracy": metrics.balanced_accuracy_score(truths[some], predicted[some])}
    for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)):
        sliced[f"{name}_macro"] = score(truths[some], predicted[some], average="macro", zero_division=0)
    precisions, recalls, f1s, supports = metrics.precision_recall_fscore_support(truths, predicted, zero_division=numpy.nan)
    return {
        "labels": truths.tolist(),
        "scores": given.ravel().tolist(),
        "metrics": measured(None),
        "weighted_metrics": measured(counts),
        "without_first": sliced,
        "confusion": metrics.confusion_matrix(truths, predicted).tolist(),
        "by_class": {
            "precision": [None if numpy.isnan(value) else value for value in precisions],
            "recall": recalls.tolist(),
            "f1": f1s.tolist(),
            "rows": supports.tolist(),
            "roc_auc": [metrics.roc_auc_score(truths == of, given[:, of]) for of in range(4)],
        },
    }


golden = {
    "made_by": f"make_sklearn_golden.py with scikit-learn {sklearn.__version__}",
    "threshold": THRESHOLD,
    "scores": scores.tolist(),
    "labels": labels.tolist(),
    "counts": counts.tolist(),
    "metrics": measure(None),
    "weighted_metrics": measure(counts),
    "confusion": metrics.confusion_matrix(labels, scores >= THRESHOLD).ravel().tolist(),
    "calibration": calibration(),
    "logistic": logistic(),
    "regression": regression(),
    "classes": classes(),
}
path = pathlib.Path(__file__).with_name("sklearn-golden.json")
path.write_text(json.dumps(golden) + "\n")
