"""Writes the ONNX models beside this file and golden.json: what Python's onnxruntime answers of a few rows, for the tests to agree with.

python3 -m venv venv && venv/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 scikit-learn==1.9.1 skl2onnx==1.20.0
venv/bin/python make_onnx_golden.py
npx biome format --write golden.json
"""

import json
import math
import pathlib

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
OPSETS = [helper.make_opsetid("", 18)]
# What onnxruntime 1.30 reads.
IR_VERSION = 10


def save(model, folder):
    path = HERE / folder / "model.onnx"
    path.parent.mkdir(exist_ok=True)
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def every_kind():
    """Each kind of tensor, in and out: [N], [N, 1], [N, k]; floating, whole, text, truth."""
    inputs = [
        tensor("port", TensorProto.STRING, ["N"]),
        tensor("hour", TensorProto.INT64, ["N", 1]),
        tensor("load", TensorProto.DOUBLE, ["N", 1]),
        tensor("sensors", TensorProto.FLOAT, ["N", 3]),
        tensor("holiday", TensorProto.BOOL, ["N"]),
        tensor("gates", TensorProto.UINT8, ["N"]),
    ]
    outputs = [
        tensor("port_again", TensorProto.STRING, ["N"]),
        tensor("later", TensorProto.INT64, ["N", 1]),
        tensor("score", TensorProto.DOUBLE, ["N", 1]),
        tensor("doubled", TensorProto.FLOAT, ["N", 3]),
        tensor("workday", TensorProto.BOOL, ["N"]),
        tensor("gates_again", TensorProto.UINT8, ["N"]),
    ]
    nodes = [
        helper.make_node("Identity", ["port"], ["port_again"]),
        helper.make_node("Add", ["hour", "one"], ["later"]),
        helper.make_node("Cast", ["hour"], ["hour_double"], to=TensorProto.DOUBLE),
        helper.make_node("Add", ["load", "hour_double"], ["score"]),
        helper.make_node("Add", ["sensors", "sensors"], ["doubled"]),
        helper.make_node("Not", ["holiday"], ["workday"]),
        helper.make_node("Identity", ["gates"], ["gates_again"]),
    ]
    one = helper.make_tensor("one", TensorProto.INT64, [1], [1])
    graph = helper.make_graph(nodes, "every_kind", inputs, outputs, [one])
    rows = {
        "port": numpy.array(["A", "Zürich", ""], dtype=object),
        "hour": numpy.array([[7], [17], [-1]], dtype=numpy.int64),
        "load": numpy.array([[0.1], [math.nan], [1e300]]),
        "sensors": numpy.array([[0.5, 1, 2], [3, math.nan, 5], [6, 7, 8.25]], dtype=numpy.float32),
        "holiday": numpy.array([True, False, True]),
        "gates": numpy.array([0, 200, 255], dtype=numpy.uint8),
    }
    return helper.make_model(graph, opset_imports=OPSETS), rows


def one_row_at_a_time():
    nodes = [helper.make_node("Identity", ["load"], ["score"])]
    graph = helper.make_graph(
        nodes, "one_row", [tensor("load", TensorProto.FLOAT, [1, 1])], [tensor("score", TensorProto.FLOAT, [1, 1])]
    )
    return helper.make_model(graph, opset_imports=OPSETS)


def one_answer_for_all():
    """Says that it answers each row, and answers the first only."""
    nodes = [helper.make_node("Compress", ["load", "first"], ["score"])]
    first = helper.make_tensor("first", TensorProto.BOOL, [1], [True])
    inputs, outputs = [tensor("load", TensorProto.FLOAT, ["N"])], [tensor("score", TensorProto.FLOAT, ["N"])]
    graph = helper.make_graph(nodes, "one_answer", inputs, outputs, [first])
    return helper.make_model(graph, opset_imports=OPSETS)


def classifier():
    """A pipeline of scikit-learn that takes missing values."""
    random = numpy.random.default_rng(7)
    values = random.normal(size=(400, 4)).astype(numpy.float32)
    labels = (values[:, 0] * values[:, 1] + values[:, 2] > 0).astype(int)
    values[random.random(values.shape) < 0.1] = math.nan
    fitted = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(values, labels)
    kinds = [("features", FloatTensorType([None, 4]))]
    options = {id(fitted): {"zipmap": False}}
    model = to_onnx(fitted, initial_types=kinds, options=options, target_opset={"": 18, "ai.onnx.ml": 3})
    return model, {"features": values[:20]}, fitted.predict_proba(values[:20])


def plain(array):
    """Row by row, as JSON has it: a missing value is null."""
    return [None if isinstance(value, float) and math.isnan(value) else value for value in array.ravel().tolist()]


def answers(path, rows):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    answered = session.run(names, rows)
    return {
        "inputs": {name: plain(values) for name, values in rows.items()},
        "outputs": {name: plain(numpy.asarray(values)) for name, values in zip(names, answered)},
    }


every, every_rows = every_kind()
fitted, fitted_rows, by_sklearn = classifier()
golden = {
    "made_by": {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__},
    "every-kind": answers(save(every, "every-kind"), every_rows),
    "sklearn": answers(save(fitted, "sklearn"), fitted_rows),
}
assert numpy.allclose(golden["sklearn"]["outputs"]["probabilities"], by_sklearn.ravel(), atol=1e-6)
save(one_row_at_a_time(), "one-row")
save(one_answer_for_all(), "one-answer")
(HERE / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
