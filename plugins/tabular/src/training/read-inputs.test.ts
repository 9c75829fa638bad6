import { expect, test } from "vitest";
import { z } from "zod";
import { aVersion } from "../../test/a-version.ts";
import { CLASSES, flights, flightsFile, TRAINING } from "../../test/several-classes.ts";
import { TRAINING_FIELDS } from "./parameters.ts";
import { readTrainingInputs } from "./read-inputs.ts";

const Parameters = z.strictObject(TRAINING_FIELDS);
const { trees: _, ...asked } = TRAINING;

async function read(changed: Record<string, unknown>, rows = flights(200)) {
  const data = [await aVersion("tests/flights@1", { "flights.jsonl": flightsFile(rows) })];
  return await readTrainingInputs({
    inputs: { data, join: [] },
    parameters: Parameters.parse({ ...asked, ...changed }),
    log: { warn: () => {} },
  });
}

const OF_CODES = { sql: "SELECT hour, load, code FROM data", target: "code" };

test("a target that is text has classes, in an order of their own, and the model answers a name and probabilities", async () => {
  const { task, classes, signature } = await read({});
  expect({ task, classes }).toEqual({ task: "multiclass", classes: [...CLASSES] });
  expect(signature.outputs).toEqual([
    { name: "label", type: "VARCHAR" },
    { name: "probabilities", type: "DOUBLE[3]" },
  ]);
});

test("whole numbers are classes where the task says so, and are ordered as numbers", async () => {
  expect(await read({ ...OF_CODES, task: "multiclass" })).toMatchObject({ classes: ["2", "9", "10"] });
  const binary = await read({ sql: "SELECT hour, load, load > 50 AS full FROM data", target: "full" });
  expect(binary).toMatchObject({ task: "binary", classes: [], signature: { outputs: [{ name: "probability" }] } });
});

test.each<[string, Record<string, unknown>, string, string]>([
  ["text where yes or no is due", { task: "binary" }, "BAD_INPUT", "outcome"],
  [
    "classes that are no whole numbers",
    { task: "multiclass", sql: "SELECT hour, load, load / 7 AS part FROM data", target: "part" },
    "BAD_INPUT",
    "target part is DOUBLE: classes are text or whole numbers",
  ],
  [
    "a baseline that is not fitted",
    { baselines: [{ name: "logistic", features: "all" }] },
    "BAD_PARAMETERS",
    "of several classes there is majority",
  ],
  ["a target that is not there", { task: "multiclass", target: "nowhere" }, "BAD_PARAMETERS", "nowhere"],
])("refused: %s", async (_name, changed, type, message) => {
  await expect(read(changed)).rejects.toMatchObject({ type, message: expect.stringContaining(message) as string });
});

const ROWS = "delay,load,gates,event\n3,1,4,1\n0,2,4,0\n";

async function warnings(sql: string): Promise<string[]> {
  const warned: string[] = [];
  const features = ["innocent", "load"].map((column) => ({ name: column, column, kind: "numeric" }));
  await readTrainingInputs({
    inputs: { data: [await aVersion("tests/data@1", { "rows.csv": ROWS })], join: [] },
    parameters: Parameters.parse({ sql, target: "late", features }),
    log: { warn: (message) => void warned.push(message) },
  });
  return warned;
}

test("a label that leaks by another name, which nobody has forbidden, is warned of", async () => {
  const leaky = await warnings("SELECT delay > 0 AS late, 2 * delay AS innocent, load FROM data");
  expect(leaky).toEqual(["features: innocent comes from delay, as the target late does; is it known before?"]);
  expect(await warnings("SELECT delay > 0 AS late, gates AS innocent, load FROM data")).toEqual([]);
});

test("the label itself by another name is refused, whatever lies between", async () => {
  const failure = {
    type: "BAD_PARAMETERS",
    message: "features: innocent is the target late by another name",
  };
  const copied = "SELECT late, late AS innocent, load FROM (SELECT event AS late, load FROM data)";
  await expect(warnings(copied)).rejects.toMatchObject(failure);
});

test("a file without rows has no classes, and is not said to", async () => {
  const data = [await aVersion("tests/flights@1", { "flights.csv": "hour,load,outcome\n" })];
  const log = { warn: () => {} };
  const parameters = Parameters.parse({ ...asked, baselines: [{ name: "logistic", features: "all" }] });
  const failure = { type: "BAD_INPUT", message: expect.stringContaining("has no rows") as string };
  await expect(readTrainingInputs({ inputs: { data, join: [] }, parameters, log })).rejects.toMatchObject(failure);
});
