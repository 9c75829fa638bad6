"""Asks an endpoint by Triton's own client, in JSON and in binary tensor data, packed and not, and prints what it was answered as JSON."""

import json
import sys

import numpy as np
import tritonclient.http as triton

address, model = sys.argv[1:3]
client = triton.InferenceServerClient(url=address)


def tensor(name, values, datatype, dtype, binary):
    array = np.array(values, dtype=dtype)
    given = triton.InferInput(name, list(array.shape), datatype)
    given.set_data_from_numpy(array, binary_data=binary)
    return given


def infer(binary, packing):
    inputs = [
        tensor("port", ["A", "B"], "BYTES", np.object_, binary),
        tensor("hour", [7, 17], "INT64", np.int64, binary),
        tensor("load", [50.5, 70.25], "FP64", np.float64, binary),
        tensor("holiday", [False, True], "BOOL", np.bool_, binary),
        tensor("gates", [4, 8], "INT64", np.int64, binary),
    ]
    answer = client.infer(
        model,
        inputs,
        outputs=[triton.InferRequestedOutput("probability", binary_data=binary)],
        request_id="mine",
        request_compression_algorithm=packing,
        response_compression_algorithm=packing,
    )
    return {"id": answer.get_response()["id"], "probability": answer.as_numpy("probability").tolist()}


def refusal():
    try:
        client.infer(model, [tensor("hour", [7], "INT64", np.int64, False)])
    except triton.InferenceServerException as error:
        return str(error)


print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready(model),
            "server": client.get_server_metadata(),
            "model": client.get_model_metadata(model),
            "answers": [infer(binary, packing) for binary in (False, True) for packing in (None, "gzip", "deflate")],
            "refusal": refusal(),
        }
    )
)
