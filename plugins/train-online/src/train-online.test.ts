import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LocalInput, PluginFailure } from "@clew/plugin-sdk";
import { loadDataSchema, randomFrom, type TabularPipeline } from "@clew/plugin-tabular";
import { aModel, filesIn, layer, learntOnline, modelAt, PIPELINE, SIGNATURE } from "../test/learnt-online.ts";

/** One weight and one bias, both 0: it answers one half to everybody. */
const BLANK = [[layer(1, 1, [0], [0])]];
const HALF = Math.log(2);
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

test("each batch is scored before it is learnt: numbers by hand", async () => {
  // Adam's first step is the learning rate, whatever the gradient: weight and bias go from 0 to 0.5.
  const csv = "n,x,y\n1,1,1\n2,1,1\n";
  const parameters = { batchSize: 1, reportRows: 1, learningRate: 0.5, timeColumn: "n" };
  const { output, points } = await learntOnline(await aModel(BLANK), [csv], parameters);
  const second = -Math.log(sigmoid(1));
  const losses = points.filter(([name]) => name === "prequential_log_loss");
  expect(losses.map(([, step]) => step)).toEqual([1, 2]);
  expect(losses[0]?.[2]).toBeCloseTo(HALF, 6);
  expect(losses[1]?.[2]).toBeCloseTo(second, 5);
  if (!("metrics" in output) || output.metrics === undefined) throw new Error("no metrics");
  expect(output.metrics["prequential_log_loss"]).toBeCloseTo((HALF + second) / 2, 5);
  expect(output.metrics["prequential_brier_score"]).toBeCloseTo((0.25 + (1 - sigmoid(1)) ** 2) / 2, 5);
  expect(output.metrics["start_log_loss"]).toBeCloseTo(HALF, 6);
  expect(output.metrics).toMatchObject({ prequential_accuracy: 1, rows: 2, rows_in_life: 2 });
});

/** What is asked changes half-way: the sign of x decides, and then the other sign. */
function drifting(from: number, to: number): string {
  const random = randomFrom(3);
  const rows = Array.from({ length: to }, (_, n) => {
    const x = random() * 2 - 1;
    return `${n},${x},${Number(n < 600 ? x > 0 : x < 0)}`;
  });
  return `n,x,y\n${rows.slice(from).join("\n")}\n`;
}

const DEEP = [
  [layer(1, 4, [0.5, -0.5, 0.3, -0.2], [0, 0, 0.1, 0.1]), layer(4, 1, [0.1, 0.2, -0.1, 0.05], [0])],
  [layer(1, 2, [0.4, -0.3], [0, 0]), layer(2, 1, [0.2, -0.2], [0.1])],
];
const STREAM = { timeColumn: "n", batchSize: 32, learningRate: 0.02, reportRows: 200 };

test.each(["wasm", "cpu"])(
  "%s: going on from a snapshot is the same, byte for byte, as never having stopped",
  async (backend) => {
    const parameters = { ...STREAM, backend };
    const months = [drifting(0, 500), drifting(500, 1210)];
    const whole = await learntOnline(await aModel(DEEP), months, parameters);
    const first = await learntOnline(await aModel(DEEP), months.slice(0, 1), parameters);
    const then = await learntOnline(await modelAt(first.dir), months.slice(1), parameters);
    expect(await filesIn(then.dir)).toEqual(await filesIn(whole.dir));
    expect(Object.keys(await filesIn(whole.dir))).toEqual([
      "data-schema.json",
      "model.json",
      "online.bin",
      "online.json",
      "pipeline.json",
      "weights.bin",
    ]);
    // Without what Adam remembers it is another net.
    for (const file of ["online.json", "online.bin"]) await rm(join(first.dir, file));
    const cold = await learntOnline(await modelAt(first.dir), months.slice(1), parameters);
    expect((await filesIn(cold.dir))["weights.bin"]).not.toBe((await filesIn(whole.dir))["weights.bin"]);
  },
);

test("the data schema that a model brings grows with the rows that it learns; one that brings none gets none", async () => {
  const { dir } = await learntOnline(await aModel(BLANK), ["n,x,y\n1,0.25,1\n2,3,1\n", "n,x,y\n3,,0\n"]);
  const schema = await loadDataSchema(await modelAt(dir));
  const [x] = schema?.columns ?? [];
  expect(x).toMatchObject({ presence: { minFraction: 0 }, domain: { min: -0.5, max: 3 } });
  await rm(join(dir, "data-schema.json"));
  const after = await learntOnline(await modelAt(dir), [ROWS]);
  expect(Object.keys(await filesIn(after.dir))).not.toContain("data-schema.json");
});

const QUICK = { ...STREAM, batchSize: 8, learningRate: 0.05 };

test("a net that goes on follows what changes, and the one that it began with does not", async () => {
  const first = await learntOnline(await aModel(BLANK), [drifting(0, 600)], QUICK);
  const after = await learntOnline(await modelAt(first.dir), [drifting(600, 3000)], QUICK);
  const said = (name: string) => after.points.filter(([given]) => given === name).map(([, , value]) => value);
  expect(said("prequential_accuracy")[0]).toBeLessThan(0.6);
  expect(said("prequential_accuracy").at(-1)).toBeGreaterThan(0.9);
  expect(said("start_accuracy").at(-1)).toBeLessThan(0.2);
});

test("the order of rows in the files does not matter, with a time or without", async () => {
  const [head = "", ...rows] = drifting(0, 300).trim().split("\n");
  const turned = [head, ...rows.toReversed()].join("\n");
  for (const timeColumn of ["n", undefined]) {
    const parameters = { ...STREAM, ...(timeColumn === undefined ? { timeColumn: undefined } : { timeColumn }) };
    const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
    const [one, other] = [
      await learntOnline(await aModel(DEEP), [drifting(0, 300)], given),
      await learntOnline(await aModel(DEEP), [turned], given),
    ];
    expect(await filesIn(other.dir)).toEqual(await filesIn(one.dir));
  }
});

describe("a model of numbers", () => {
  const NUMBERS: Partial<TabularPipeline> = { output: "number", scale: { mean: 100, std: 10 } };
  const line = `n,x,y\n${Array.from({ length: 800 }, (_, n) => `${n},${(n % 7) - 3},${100 + 10 * ((n % 7) - 3)}`).join("\n")}\n`;

  test("learns in the target's scale and answers in its unit", async () => {
    // Answers 100 to everybody: off by 0, 10, 20 or 30.
    const model = await aModel([[layer(1, 1, [0], [100])]], NUMBERS, null);
    const { points, output } = await learntOnline(model, [line], { ...QUICK, reportRows: 400 });
    const rmse = (name: string) => points.filter(([given]) => given === name).map(([, , value]) => value);
    expect(rmse("start_rmse")[1]).toBeCloseTo(20, 0);
    expect(rmse("prequential_rmse")[1]).toBeLessThan(2);
    expect(output).toMatchObject({ signature: { outputs: [{ name: "prediction" }] } });
  });

  test("goes on the same from a snapshot", async () => {
    const start = () => aModel([[layer(1, 1, [1], [100])]], NUMBERS, null);
    const first = await learntOnline(await start(), [line], STREAM);
    const then = await learntOnline(await modelAt(first.dir), [line], { ...STREAM, loss: "huber" });
    const whole = await learntOnline(await start(), [line, line], STREAM);
    expect((await filesIn(then.dir))["weights.bin"]).not.toBe((await filesIn(whole.dir))["weights.bin"]);
    const same = await learntOnline(await modelAt(first.dir), [line], STREAM);
    expect(await filesIn(same.dir)).toEqual(await filesIn(whole.dir));
  });
});

const ROWS = "n,x,y\n1,1,1\n2,-1,0\n";
const other = (name: string) => ({ ...SIGNATURE, inputs: [{ name, type: "DOUBLE" }] });
const wide = { ...PIPELINE.features[0]!, hasMissing: true };

test.each<[string, () => Promise<LocalInput>, string]>([
  ["a signature with another input", () => aModel(BLANK, {}, other("speed")), "differ in x"],
  [
    "a signature with another answer",
    () => aModel(BLANK, {}, { ...SIGNATURE, outputs: [{ name: "prediction", type: "DOUBLE" }] }),
    "does not answer one probability",
  ],
  [
    "features that the net does not read",
    () => aModel(BLANK, { features: [wide] }),
    "reads 1 numbers, its features are 2",
  ],
  ["trees", () => aModel(BLANK, { model: "xgboost-json" }), "xgboost-json cannot go on"],
  ["several classes", () => aModel(BLANK, { classes: ["a", "b"] }), "a net of several classes cannot go on"],
  ["a number without its scale", () => aModel(BLANK, { output: "number" }, null), "a scale of the target"],
  ["an answer that the net does not give", () => answersOtherwise(), "none of train-tfjs that answers a number"],
  ["weights that are not the net's", () => withOtherState(), "online.bin are not those of its net"],
  ["a state that is cut off", () => withCutState(), "online.json cannot be read: online.bin is not as long as it says"],
])("refused: %s", async (_, model, message) => {
  const failure = await learntOnline(await model(), [ROWS]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PluginFailure);
  expect(failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining(message) as string });
});

/** pipeline.json says a number, model.json has a sigmoid. */
async function answersOtherwise(): Promise<LocalInput> {
  const model = await aModel(BLANK, {}, null);
  const said: TabularPipeline = { ...PIPELINE, output: "number", scale: { mean: 0, std: 1 } };
  await writeFile(model.path("pipeline.json"), JSON.stringify(said));
  return model;
}

async function withOtherState(): Promise<LocalInput> {
  const { dir } = await learntOnline(await aModel(BLANK), [ROWS]);
  const bytes = new Float32Array(6).fill(0.25);
  await writeFile(join(dir, "online.bin"), new Uint8Array(bytes.buffer));
  return await modelAt(dir);
}

async function withCutState(): Promise<LocalInput> {
  const { dir } = await learntOnline(await aModel(BLANK), [ROWS]);
  await writeFile(join(dir, "online.bin"), new Uint8Array(8));
  return await modelAt(dir);
}

test("a version of which the model's query leaves nothing is refused, though others have rows", async () => {
  const model = await aModel(BLANK, { sql: "SELECT n, x, y FROM data WHERE n < 10" });
  const failure = await learntOnline(model, [ROWS, "n,x,y\n11,1,1\n"]).catch((error: unknown) => error);
  const message = expect.stringContaining("tests/data@2: the query's answer has no rows") as string;
  expect(failure).toMatchObject({ type: "BAD_INPUT", message });
});

test.each<[string, string, Record<string, unknown>, string, string]>([
  ["no rows", "n,x,y\n", {}, "BAD_INPUT", "has no rows"],
  ["a target that is missing", "n,x,y\n1,1,\n2,1,1\n", {}, "BAD_INPUT", "target y is null"],
  ["a column that is missing", "n,y\n1,1\n", {}, "BAD_INPUT", "x"],
  ["a time that is missing", "n,x,y\n,1,1\n2,1,0\n", { timeColumn: "n" }, "BAD_INPUT", "time column n"],
  ["a leak", ROWS, { forbidden: ["x"] }, "BAD_PARAMETERS", "features: x uses x"],
])("refused: %s", async (_, csv, parameters, type, message) => {
  const failure = await learntOnline(await aModel(BLANK), [csv], parameters).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type, message: expect.stringContaining(message) as string });
});
