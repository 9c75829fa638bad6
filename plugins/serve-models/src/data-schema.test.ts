import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aRequest, aServingService } from "../test/service.ts";

describe("a data schema", () => {
  const schema = {
    columns: [
      { name: "port", type: "STRING", presence: { minFraction: 1 }, domain: { values: ["A", "B", "C"] } },
      { name: "hour", type: "INT", domain: { min: 0, max: 23 } },
      { name: "late", type: "BOOL", presence: { minFraction: 1 }, notInEnvironment: ["SERVING"] },
    ],
    defaultEnvironment: ["TRAINING", "SERVING"],
  };
  const bad = () => {
    const request = aRequest(2);
    request.inputs[0]!.data = ["A", "Z"];
    return request;
  };
  const anomaly = { type: "ENUM_TYPE_UNEXPECTED_STRING_VALUES", column: "port", severity: "ERROR", count: 1 };

  test("is held to each request: one that it does not allow is rejected, and the record says why", async () => {
    const { infer, predictions, logs } = await aServingService({ schema, onAnomaly: "reject" });
    expect((await infer(aRequest(2))).status).toBe(200);
    const { status, answer } = await infer(bad());
    expect(status).toBe(422);
    expect(answer.error).toContain("port is not an allowed value (ENUM_TYPE_UNEXPECTED_STRING_VALUES, 1 row)");
    await expect.poll(() => predictions).toHaveLength(2);
    const [kept, rejected] = predictions;
    expect(kept).not.toHaveProperty("anomalies");
    const error = { status: 422, message: answer.error };
    expect(rejected).toMatchObject({ rows: 2, inputs: { port: ["A", "Z"] }, outputs: null, error });
    expect(rejected!.anomalies).toMatchObject([anomaly]);
    expect(logs.join()).toContain("is not checked in load, holiday, gates");
  });

  test("that is given stands for the model's own", async () => {
    const { deploy, infer, work } = await aServingService({ schema, onAnomaly: "reject" });
    await cp(join(work, "in/model"), join(work, "in/lax"), { recursive: true });
    await writeFile(join(work, "in/lax/data-schema.json"), '{"columns": []}');
    const lax = { dir: "lax", files: ["model.json", "pipeline.json", "weights.bin", "data-schema.json"] };
    expect(await deploy({ key: "tests/arrival@2", ...lax })).toMatchObject({ failure: null });
    expect((await infer(bad())).status).toBe(422);
  });

  test("flags what it does not allow, where that is asked; the model's own stands for one that is not given", async () => {
    const { deploy, infer, predictions, work } = await aServingService();
    await cp(join(work, "in/model"), join(work, "in/checked"), { recursive: true });
    await writeFile(join(work, "in/checked/data-schema.json"), JSON.stringify(schema));
    const checked = { dir: "checked", files: ["model.json", "pipeline.json", "weights.bin", "data-schema.json"] };
    expect(await deploy({ key: "tests/arrival@2", ...checked })).toMatchObject({ failure: null });
    expect((await infer(bad())).status).toBe(200);
    await expect.poll(() => predictions).toHaveLength(1);
    expect(predictions[0]).toMatchObject({ error: null, anomalies: [anomaly] });
    await writeFile(join(work, "in/checked/data-schema.json"), '{"columns": [{"name": "port"}]}');
    const { failure } = await deploy({ key: "tests/arrival@3", ...checked });
    expect(failure).toMatchObject({
      type: "BAD_INPUT",
      message: expect.stringContaining("data-schema.json") as unknown,
    });
  });
});
