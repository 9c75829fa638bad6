"""Writes golden.json beside this file: rows, what Python's XGBoost makes of them, and its model, for the tests to agree with.

python3 -m venv venv && venv/bin/pip install xgboost==3.2.0 scikit-learn==1.9.1
venv/bin/python make_xgboost_golden.py
npx biome format --write golden.json
"""

import json
import pathlib

import numpy
import sklearn
import xgboost
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

TRAINING, HELD_OUT, ROUNDS = 400, 200, 15
random = numpy.random.default_rng(7)
# Two decimals: ties, and values of exactly -1.
values = numpy.round(random.normal(size=(TRAINING + HELD_OUT, 5)), 2).astype(numpy.float32)
signal = values[:, 0] * values[:, 1] + numpy.abs(values[:, 2])
labels = (signal + random.normal(size=len(values)) > 0.8).astype(int)
numbers = numpy.round(10 + 3 * signal + random.normal(size=len(values)), 2)
# The middle one is rare.
classes = numpy.digitize(signal + 0.3 * random.normal(size=len(values)), [0.9, 1.1])
assert (values == -1).any()

PARAMETERS = {
    "tree_method": "exact",
    "eta": 0.3,
    "max_depth": 4,
    "min_child_weight": 2,
    "gamma": 0.1,
    "lambda": 1,
    "nthread": 1,
}


def fitted(objective, targets, **more):
    training = xgboost.DMatrix(values[:TRAINING], targets[:TRAINING])
    base = 0.5 if more else float(numpy.float32(numpy.mean(targets[:TRAINING])))
    booster = xgboost.train({**PARAMETERS, **more, "objective": objective, "base_score": base}, training, ROUNDS)
    answers = booster.predict(xgboost.DMatrix(values[TRAINING:]))
    model = json.loads(booster.save_raw("json"))
    return answers, {"targets": targets.tolist(), "answers": answers.ravel().tolist(), "model": model}


probabilities, binary = fitted("binary:logistic", labels)
answers, regression = fitted("reg:squarederror", numbers)
shares, several = fitted("multi:softprob", classes, num_class=3)
held = labels[TRAINING:]
golden = {
    "made_by": {"xgboost": xgboost.__version__, "scikit-learn": sklearn.__version__},
    "training_rows": TRAINING,
    "rounds": ROUNDS,
    "width": values.shape[1],
    "values": [float(str(value)) for value in values.ravel()],
    "binary": {**binary, "roc_auc": roc_auc_score(held, probabilities), "log_loss": log_loss(held, probabilities)},
    "several": {**several, "log_loss": log_loss(classes[TRAINING:], shares.astype(float))},
    "regression": {**regression, "rmse": float(numpy.sqrt(mean_squared_error(numbers[TRAINING:], answers)))},
}
(pathlib.Path(__file__).parent / "golden.json").write_text(json.dumps(golden) + "\n")
