import { readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Datatype } from "@clew/plugin-models";
import { describe, expect, test } from "vitest";
import { EVERY_KIND_SIGNATURE, SKLEARN_SIGNATURE } from "../../models/test/signatures.ts";
import { decodeElements, encodeElements } from "./open-inference/binary-data.ts";
import { aService, type InferAnswer, type Wanted } from "../test/service.ts";

type Columns = Record<string, (number | string | boolean | null)[]>;
const GOLDEN = JSON.parse(readFileSync(new URL("../test/onnx/golden.json", import.meta.url), "utf8")) as Record<
  "every-kind" | "sklearn",
  { inputs: Columns; outputs: Columns }
>;

const ONE_LOAD = { inputs: [{ name: "load", type: "FLOAT" }], outputs: [{ name: "score", type: "FLOAT" }] };

function aModel(dir: string, signature: NonNullable<Wanted["signature"]>, version = 1): Wanted {
  return { key: `tests/${dir}@${version}`, format: "onnx", dir: `onnx/${dir}`, files: ["model.onnx"], signature };
}

/** Its rows `from` to `to` as a request. */
function rowsOf({ inputs }: { inputs: Columns }, widths: Record<string, number>, [from, to]: [number, number]) {
  const datatypes: Record<string, string> = {
    port: "BYTES",
    hour: "INT64",
    load: "FP64",
    sensors: "FP32",
    holiday: "BOOL",
    gates: "UINT8",
    features: "FP32",
  };
  const tensors = Object.entries(inputs).map(([name, values]) => {
    const width = widths[name] ?? 1;
    const shape = width === 1 ? [to - from] : [to - from, width];
    return { name, datatype: datatypes[name], shape, data: values.slice(from * width, to * width) };
  });
  return { inputs: tensors };
}

async function aServingService(...wanted: Wanted[]) {
  const service = await aService();
  expect(await service.deploy(...wanted)).toMatchObject({ failure: null });
  return service;
}

function dataOf({ outputs }: InferAnswer): Columns {
  return Object.fromEntries(outputs.map(({ name, data }) => [name, data]));
}

describe("a model in ONNX", () => {
  test("says of each tensor what its signature says", async () => {
    const { get } = await aServingService(aModel("every-kind", EVERY_KIND_SIGNATURE));
    const { body } = await get("/v2/models/delay");
    expect(body).toMatchObject({ platform: "onnxruntime_onnx" });
    expect(body["inputs"]).toContainEqual({ name: "hour", datatype: "INT64", shape: [-1] });
    expect(body["inputs"]).toContainEqual({ name: "sensors", datatype: "FP32", shape: [-1, 3] });
    expect(body["outputs"]).toContainEqual({ name: "gates_again", datatype: "UINT8", shape: [-1] });
  });

  test("answers tensors of every kind as Python's onnxruntime does, null being NaN", async () => {
    const { infer, predictions } = await aServingService(aModel("every-kind", EVERY_KIND_SIGNATURE));
    const golden = GOLDEN["every-kind"];
    const { status, answer } = await infer(rowsOf(golden, { sensors: 3 }, [0, 3]));
    expect({ status, error: answer.error }).toEqual({ status: 200, error: undefined });
    expect(dataOf(answer)).toEqual(golden.outputs);
    expect(answer.outputs.find(({ name }) => name === "doubled")).toMatchObject({ datatype: "FP32", shape: [3, 3] });
    await expect.poll(() => predictions.length).toBe(1);
    const doubled = [0, 3, 6].map((at) => golden.outputs["doubled"]!.slice(at, at + 3));
    expect(predictions[0]).toMatchObject({ rows: 3, outputs: { ...golden.outputs, doubled } });
  });

  test("takes every kind in binary data, and answers the outputs that are asked for, each as it is asked for", async () => {
    const { url } = await aServingService(aModel("every-kind", EVERY_KIND_SIGNATURE));
    const golden = GOLDEN["every-kind"];
    const binary: Buffer[] = [];
    const inputs = rowsOf(golden, { sensors: 3 }, [0, 3]).inputs.map(({ data, ...input }) => {
      const bytes = encodeElements(data, input.datatype as Datatype);
      binary.push(bytes);
      return { ...input, parameters: { binary_data_size: bytes.length } };
    });
    const asked = { later: true, workday: false, port_again: true };
    const outputs = Object.entries(asked).map(([name, isBinary]) => ({ name, parameters: { binary_data: isBinary } }));
    const json = JSON.stringify({ inputs, outputs, parameters: { binary_data_output: true } });
    const response = await fetch(`${url()}/v2/models/delay/infer`, {
      method: "POST",
      body: Buffer.concat([Buffer.from(json), ...binary]),
      headers: { "Inference-Header-Content-Length": String(Buffer.byteLength(json)) },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("inference-header-content-length"));
    const answer = JSON.parse(bytes.toString("utf8", 0, length)) as InferAnswer;
    expect(answer.outputs).toEqual([
      { name: "port_again", datatype: "BYTES", shape: [3], parameters: { binary_data_size: 20 } },
      { name: "later", datatype: "INT64", shape: [3], parameters: { binary_data_size: 24 } },
      { name: "workday", datatype: "BOOL", shape: [3], data: golden.outputs["workday"] },
    ]);
    expect(decodeElements(bytes.subarray(length, length + 20), "BYTES", 3, "x")).toEqual(golden.outputs["port_again"]);
    expect(decodeElements(bytes.subarray(length + 20), "INT64", 3, "x")).toEqual(golden.outputs["later"]);
  });

  test("of scikit-learn answers as there, alone and together with others", async () => {
    const { infer } = await aServingService(aModel("sklearn", SKLEARN_SIGNATURE));
    const { outputs } = GOLDEN.sklearn;
    const rows = outputs["label"]!.length;
    const asked = Array.from({ length: rows }, (_, row) =>
      infer(rowsOf(GOLDEN.sklearn, { features: 4 }, [row, row + 1])),
    );
    for (const [row, { status, answer }] of (await Promise.all(asked)).entries()) {
      expect(status).toBe(200);
      const { label, probabilities } = dataOf(answer);
      expect(label).toEqual([outputs["label"]![row]]);
      for (const place of [0, 1])
        expect(probabilities![place]).toBeCloseTo(Number(outputs["probabilities"]![row * 2 + place]), 5);
    }
  });

  test("takes no missing value but in floating numbers, and no other shape", async () => {
    const { infer, get } = await aServingService(aModel("every-kind", EVERY_KIND_SIGNATURE));
    const request = rowsOf(GOLDEN["every-kind"], { sensors: 3 }, [0, 1]);
    const changed = (name: string, change: object) => {
      return { inputs: request.inputs.map((one) => (one.name === name ? { ...one, ...change } : one)) };
    };
    const cases: [object, string][] = [
      [changed("hour", { data: [null] }), "input hour has a missing value, which the model does not take in INT64"],
      [changed("port", { data: [null] }), "input port has a missing value"],
      [changed("holiday", { data: [null] }), "input holiday has a missing value"],
      [changed("sensors", { shape: [3] }), "input sensors has 3 rows, others have 1"],
      [changed("sensors", { shape: [1, 2], data: [1, 2] }), "not [rows, 3]"],
      [changed("gates", { data: [256] }), "input gates is of UINT8"],
    ];
    for (const [body, message] of cases) {
      const { status, answer } = await infer(body);
      expect({ status, error: answer.error }).toEqual({
        status: 400,
        error: expect.stringContaining(message) as unknown,
      });
    }
    expect((await infer(changed("load", { data: [null], shape: [1, 1] }))).status).toBe(200);
    expect((await get("/v2/health/ready")).status).toBe(200);
  });

  test("is refused where its file lies about its signature, and what was served goes on", async () => {
    const { deploy, infer, work } = await aServingService(aModel("sklearn", SKLEARN_SIGNATURE));
    const [features] = SKLEARN_SIGNATURE.inputs;
    const [label, probabilities] = SKLEARN_SIGNATURE.outputs;
    const sklearn = (inputs: object, outputs: object) => {
      return aModel("sklearn", { inputs, outputs } as NonNullable<Wanted["signature"]>, 2);
    };
    const typed = (field: object, type: string) => ({ ...field, type });
    await cp(join(work, "in/onnx/sklearn"), join(work, "in/onnx/broken"), { recursive: true });
    await writeFile(join(work, "in/onnx/broken/model.onnx"), "no model at all");
    const cases: [Wanted, string][] = [
      [
        sklearn([features, typed({ name: "more" }, "FLOAT")], SKLEARN_SIGNATURE.outputs),
        "an input more, which the model file has",
      ],
      [sklearn([], SKLEARN_SIGNATURE.outputs), "the signature has no input features"],
      [sklearn([features], [label]), "the signature has no output probabilities"],
      [
        sklearn([typed(features!, "DOUBLE[4]")], SKLEARN_SIGNATURE.outputs),
        "is of FP64 by the signature, of FP32 by the model",
      ],
      [
        sklearn([typed(features!, "FLOAT[5]")], SKLEARN_SIGNATURE.outputs),
        "has 5 elements a row by the signature, the shape [?, 4]",
      ],
      [sklearn([typed(features!, "FLOAT")], SKLEARN_SIGNATURE.outputs), "input features has 1 elements"],
      [sklearn([features], [label, typed(probabilities!, "FP32[3]")]), "output probabilities has 3 elements"],
      [sklearn([features], [typed(label!, "BIGINT[2]"), probabilities]), "output label has 2 elements"],
      [aModel("one-row", ONE_LOAD), "is for 1 rows and no other number"],
      [aModel("one-answer", ONE_LOAD), "it answers score of the shape [1] for 2 rows"],
      [aModel("broken", SKLEARN_SIGNATURE), "the model's model.onnx cannot be read"],
      [{ ...aModel("sklearn", SKLEARN_SIGNATURE, 3), files: [] }, "has 0 files that end in .onnx"],
      [{ ...aModel("sklearn", SKLEARN_SIGNATURE, 4), files: ["a.onnx", "b.ONNX"] }, "has 2 files that end in .onnx"],
    ];
    for (const [wanted, message] of cases) {
      const { failure } = await deploy(wanted);
      expect(failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining(message) as unknown });
    }
    const { answer } = await infer(rowsOf(GOLDEN.sklearn, { features: 4 }, [0, 1]));
    expect(answer.parameters.deployment).toBe("tests/delay@1");
  });

  test("gives its place to another without a request that fails", async () => {
    const { deploy, infer } = await aServingService(aModel("sklearn", SKLEARN_SIGNATURE));
    const over = new AbortController();
    const statuses = new Set<number>();
    const client = async () => {
      while (!over.signal.aborted) statuses.add((await infer(rowsOf(GOLDEN.sklearn, { features: 4 }, [0, 2]))).status);
    };
    const clients = Array.from({ length: 4 }, client);
    for (let version = 2; version <= 6; version++) await deploy(aModel("sklearn", SKLEARN_SIGNATURE, version));
    over.abort();
    await Promise.all(clients);
    expect([...statuses]).toEqual([200]);
  });
});
