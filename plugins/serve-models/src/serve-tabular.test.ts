import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CLASSES_SIGNATURE } from "../../models/test/signatures.ts";
import { CLASSES } from "../../tabular/test/several-classes.ts";
import { aRequest, aService, type Wanted } from "../test/service.ts";

const TREES: Wanted = {
  key: "tests/trees@1",
  format: "xgboost-json",
  dir: "xgboost",
  files: ["pipeline.json", "xgboost.json"],
};

test("boosted trees of train-xgboost answer rows, with missing values and categories never seen", async () => {
  const { deploy, get, infer } = await aService();
  expect(await deploy(TREES)).toMatchObject({ failure: null });
  expect((await get("/v2/models/delay")).body).toMatchObject({ platform: "xgboost_json" });
  const { status, answer } = await infer(aRequest(3));
  expect(status).toBe(200);
  const [output] = answer.outputs;
  expect(output).toMatchObject({ name: "probability", datatype: "FP64", shape: [3] });
  expect(new Set(output!.data).size).toBe(3);
  for (const probability of output!.data) expect(probability > 0 && probability < 1).toBe(true);
  const [port, ...others] = aRequest(1).inputs;
  const strange = { inputs: [{ ...port, data: ["Z"] }, ...others.map((input) => ({ ...input, data: [null] }))] };
  expect((await infer(strange)).status).toBe(200);
});

test("a model of another format than its pipeline says is refused, and one beside it may share the traffic", async () => {
  const { deploy } = await aService();
  const { failure } = await deploy({ ...TREES, format: "tfjs-layers" });
  expect(failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining("xgboost-json") as unknown });
  expect(await deploy({ ...TREES, weight: 50 }, { key: "tests/net@1", weight: 50 })).toMatchObject({ failure: null });
});

const SEVERAL: Wanted = { ...TREES, key: "tests/outcome@1", dir: "several-classes", signature: CLASSES_SIGNATURE };

/** A flight in the morning, a full one, an empty one, and one of which nothing is known. */
const FLIGHTS = {
  inputs: [
    { name: "hour", datatype: "INT64", shape: [4], data: [7, 17, 17, null] },
    { name: "load", datatype: "INT64", shape: [4], data: [50, 90, 10, null] },
  ],
};

test("of several classes the likeliest is named, beside the probabilities in the order that the metadata says", async () => {
  const { deploy, get, infer, predictions } = await aService();
  expect(await deploy(SEVERAL)).toMatchObject({ failure: null });
  const { outputs: told } = (await get("/v2/models/delay")).body as { outputs: object[] };
  expect(told).toEqual([
    { name: "label", datatype: "BYTES", shape: [-1] },
    { name: "probabilities", datatype: "FP64", shape: [-1, 3], parameters: { classes: JSON.stringify(CLASSES) } },
  ]);
  const { status, answer } = await infer(FLIGHTS);
  expect(status).toBe(200);
  const [label, probabilities] = answer.outputs;
  expect(label).toMatchObject({ name: "label", datatype: "BYTES", shape: [4] });
  expect(label!.data.slice(0, 3)).toEqual([CLASSES[1], CLASSES[0], CLASSES[2]]);
  expect(probabilities).toMatchObject({ name: "probabilities", datatype: "FP64", shape: [4, 3] });
  for (let row = 0; row < 4; row++) {
    const own = probabilities!.data.slice(row * 3, row * 3 + 3);
    expect(own.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(label!.data[row]).toBe(CLASSES[own.indexOf(Math.max(...own))]);
  }
  await expect.poll(() => predictions).toHaveLength(1);
  expect(predictions[0]!.outputs).toMatchObject({ label: label!.data, probabilities: { length: 4 } });
});

test("a model of other classes does not share the traffic, and a signature of another number of classes is refused", async () => {
  const { deploy, work } = await aService();
  const file = `${work}/in/other-classes/pipeline.json`;
  await writeFile(file, (await readFile(file, "utf8")).replace("on time", "at its time"));
  const both = await deploy(
    { ...SEVERAL, weight: 50 },
    { ...SEVERAL, key: "tests/outcome@2", dir: "other-classes", weight: 50 },
  );
  expect(both.failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining("classes") as string });
  const [label] = CLASSES_SIGNATURE.outputs;
  const outputs = [label!, { name: "probabilities", type: "DOUBLE[4]" }];
  const { failure } = await deploy({ ...SEVERAL, signature: { ...CLASSES_SIGNATURE, outputs } });
  expect(failure).toMatchObject({
    type: "BAD_INPUT",
    message: expect.stringContaining("those of 3 classes are") as string,
  });
});
