import { expect, test } from "vitest";
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
