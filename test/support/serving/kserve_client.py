"""Asks an endpoint by KServe's own client, in JSON and in binary tensor data, and prints what it was answered as JSON."""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

address, model = sys.argv[1:3]


def tensor(name, values, datatype, dtype, binary):
    array = np.array(values, dtype=dtype)
    given = InferInput(name, list(array.shape), datatype)
    given.set_data_from_numpy(array, binary_data=binary)
    return given


def request(binary):
    inputs = [
        tensor("port", ["A", "B"], "BYTES", np.object_, binary),
        tensor("hour", [7, 17], "INT64", np.int64, binary),
        tensor("load", [50.5, 70.25], "FP64", np.float64, binary),
        tensor("holiday", [False, True], "BOOL", np.bool_, binary),
        tensor("gates", [4, 8], "INT64", np.int64, binary),
    ]
    outputs = [RequestedOutput("probability", {"binary_data": binary})]
    return InferRequest(model, inputs, request_id="mine", request_outputs=outputs)


async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2"))

    async def infer(binary):
        answer = await client.infer(address, request(binary), model_name=model)
        return {"id": answer.id, "probability": answer.outputs[0].as_numpy().tolist()}

    async def refusal():
        wrong = InferRequest(model, [tensor("hour", [7], "INT64", np.int64, False)])
        try:
            await client.infer(address, wrong, model_name=model)
        except Exception as error:
            return str(error)

    said = {
        "live": await client.is_server_live(address),
        "ready": await client.is_server_ready(address),
        "modelReady": await client.is_model_ready(address, model),
        "answers": [await infer(binary) for binary in (False, True)],
        "refusal": await refusal(),
    }
    await client.close()
    print(json.dumps(said))


asyncio.run(main())
