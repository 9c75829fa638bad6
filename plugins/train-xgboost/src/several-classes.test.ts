import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CLASSES, flights, flightsFile, TRAINING } from "../../tabular/test/several-classes.ts";
import { aWorkshop } from "../../tabular/test/workshop.ts";

const ROWS = flights(400);
const LATER = flights(300, 4);

async function trained(parameters: Record<string, unknown> = {}, rows = ROWS) {
  const workshop = await aWorkshop();
  const data = [await workshop.dataset("tests/flights@1", { "flights.jsonl": flightsFile(rows) })];
  return { workshop, ...(await workshop.run("train-xgboost", { ...TRAINING, ...parameters }, { data })) };
}

test("several classes are learnt, named in the model, and evaluated on rows that it has not seen", async () => {
  const { workshop, outcome, metrics: points, path, as } = await trained();
  const model = outcome.outputs[0]?.output;
  if (model?.nodeType !== "ModelVersion") throw new Error(JSON.stringify(outcome));
  expect(model.signature.outputs.map(({ name }) => name)).toEqual(["label", "probabilities"]);
  expect(Object.keys(points).toSorted()).toEqual(["loss", "val_accuracy", "val_log_loss"]);
  expect(model.metrics).toMatchObject({
    classes: 3,
    train_rows: 320,
    val_rows: 80,
    val_majority_accuracy: expect.any(Number) as number,
  });
  expect(model.metrics["val_accuracy"]).toBeGreaterThan(0.85);
  for (const file of ["pipeline.json", "xgboost.json"]) {
    // What other plugins' tests take for a model of several classes.
    const known = new URL(`../../tabular/test/several-classes/${file}`, import.meta.url);
    const made = JSON.parse(await readFile(path(`model/${file}`), "utf8")) as object;
    expect(made).toEqual(JSON.parse(await readFile(known, "utf8")));
  }
  const data = [await workshop.dataset("tests/flights@2", { "flights.jsonl": flightsFile(LATER) })];
  const inputs = { model: [await as("ModelVersion", "tests/outcome@1", "model")], data };
  const { outcome: evaluated } = await workshop.run("evaluate-tabular", { resamples: 50, backend: "cpu" }, inputs);
  const report = evaluated.outputs[0]?.output;
  if (report?.nodeType !== "Report") throw new Error(JSON.stringify(evaluated));
  expect(report.metrics["accuracy"]).toBeGreaterThan(0.85);
  expect(report.metrics["gain_over_majority_log_loss_low"]).toBeGreaterThan(0);
}, 60_000);

test("whole numbers are classes where the task says so, and the model is the same whatever the order of the rows", async () => {
  const ofCodes = { task: "multiclass", sql: "SELECT hour, load, code FROM data", target: "code" };
  const [one, other] = [await trained(ofCodes), await trained(ofCodes, ROWS.toReversed())];
  const files = ({ outcome }: typeof one) => outcome.outputs[0]!.files.map(({ digest }) => digest);
  expect(files(one)).toHaveLength(3);
  expect(files(other)).toEqual(files(one));
  const pipeline = JSON.parse(await readFile(one.path("model/pipeline.json"), "utf8")) as { classes: string[] };
  expect(pipeline.classes).toEqual(["2", "9", "10"]);
}, 60_000);

test("a class that nothing is left to learn from is refused, and so is one class alone", async () => {
  const newest = { ...ROWS[0]!, hour: 24, outcome: "new" };
  const { outcome: held } = await trained({ timeColumn: "hour", validationFraction: 0.1 }, [...ROWS, newest]);
  expect(held).toMatchObject({
    failure: { type: "BAD_INPUT", message: expect.stringContaining('"new" are held out') as string },
  });
  const { outcome: one } = await trained(
    {},
    ROWS.filter(({ outcome }) => outcome === CLASSES[0]),
  );
  expect(one).toMatchObject({ failure: { type: "BAD_INPUT", message: expect.stringContaining("in all") as string } });
}, 60_000);
