import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runConformance } from "@clew/plugin-sdk/host";
import { aWorkshop, ask, datasetOf } from "../../tabular/test/workshop.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const FIXTURE = `${DIR}conformance`;

async function fixtureParameters(): Promise<Record<string, unknown>> {
  return (JSON.parse(await readFile(`${FIXTURE}/job.json`, "utf8")) as { parameters: Record<string, unknown> })
    .parameters;
}

test("parts come with schema, rows, statistics, the lineage of each column and one definition", async () => {
  const workshop = await aWorkshop();
  const inputs = {
    data: [await workshop.dataset("tests/data@1", `${FIXTURE}/data`)],
    join: [await workshop.dataset("tests/join-0@1", `${FIXTURE}/ports`)],
  };
  const { outcome, metrics, path } = await workshop.run("prepare-tabular", await fixtureParameters(), inputs);
  const [train, validation, testPart] = ["train", "validation", "test"].map((role) => datasetOf(outcome, role));
  expect(train?.files.map((file) => file.path)).toEqual(["features.json", "rows.parquet"]);
  expect(metrics).toEqual({
    rows: 600,
    duplicate_rows: 0,
    train_rows: train?.rows,
    validation_rows: validation?.rows,
    test_rows: testPart?.rows,
  });
  expect(train!.rows! + validation!.rows! + testPart!.rows!).toBe(600);
  expect(train?.schema.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "at TIMESTAMP",
    "port VARCHAR",
    "hour BIGINT",
    "load DOUBLE",
    "holiday BOOLEAN",
    "gates BIGINT",
    "busy BIGINT",
    "late BIGINT",
  ]);
  const gates = train?.columnLineage.find(({ column }) => column === "gates");
  expect(gates).toMatchObject({ via: "IDENTITY", from: [{ input: "join", dataset: "tests/join-0", column: "gates" }] });
  const busy = train?.columnLineage.find(({ column }) => column === "busy");
  expect(busy).toMatchObject({ via: "AGGREGATION", from: [{ column: "port" }, { column: "hour" }] });
  const load = train?.statistics.find(({ column }) => column === "load");
  const [[mean, most] = []] = await ask(path("train/rows.parquet"), "SELECT avg(load), max(load)::VARCHAR FROM rows");
  expect(load).toMatchObject({ nulls: 13, mean: expect.closeTo(Number(mean), 9) as number, max: most });
  const definition = JSON.parse(await readFile(path("train/features.json"), "utf8")) as Record<string, unknown>;
  expect(definition).toMatchObject({
    format: "clew-features/1",
    target: "late",
    sql: (await fixtureParameters())["sql"],
  });
  expect(await readFile(path("test/features.json"), "utf8")).toBe(await readFile(path("train/features.json"), "utf8"));
});

const FEATURES = [
  { name: "port", column: "port", kind: "categorical" },
  { name: "busy", column: "busy", kind: "numeric" },
  { name: "gates", column: "gates", kind: "numeric" },
];

test("a model trained on a prepared version says its definition, and is evaluated on rows of no other", async () => {
  const workshop = await aWorkshop();
  const inputs = {
    data: [await workshop.dataset("tests/data@1", `${FIXTURE}/data`)],
    join: [await workshop.dataset("tests/join-0@1", `${FIXTURE}/ports`)],
  };
  const asked = await fixtureParameters();
  const { as, outcome, path } = await workshop.run("prepare-tabular", asked, inputs);
  const data = [await as("DatasetVersion", "tests/train@1", "train")];
  const training = { target: "late", features: FEATURES, network: { maxEpochs: 2 }, backend: "wasm" };
  const trained = await workshop.run("train-tfjs", training, { data });
  const [made] = trained.outcome.outputs;
  if (made?.output.nodeType !== "ModelVersion") throw new Error(JSON.stringify(trained.outcome));
  const pipeline = JSON.parse(await readFile(trained.path("model/pipeline.json"), "utf8")) as Record<string, unknown>;
  expect(pipeline["definition"]).toEqual(JSON.parse(await readFile(path("train/features.json"), "utf8")));

  // From the model's feature to the prepared column, and from there to the raw ones.
  const busy = made.output.columnLineage.find(({ column }) => column === "busy");
  expect(busy).toMatchObject({ via: "IDENTITY", from: [{ input: "data", dataset: "tests/train", column: "busy" }] });
  const raw = datasetOf(outcome, "train").columnLineage.find(({ column }) => column === "busy");
  const from = ["port", "hour"].map((column) => ({ input: "data", dataset: "tests/data", column }));
  expect(raw).toMatchObject({ via: "AGGREGATION", from });

  const model = [await trained.as("ModelVersion", "tests/model@1", "model")];
  const judge = async (rows: (typeof data)[number]) =>
    (await workshop.run("evaluate-tabular", { resamples: 50, backend: "wasm" }, { model, data: [rows] })).outcome;
  const judged = await judge(await as("DatasetVersion", "tests/test@1", "test"));
  expect(judged, JSON.stringify(judged)).toMatchObject({ outcome: "result" });
  const other = await workshop.run(
    "prepare-tabular",
    { ...asked, sql: `${String(asked["sql"])} WHERE d.hour > 3` },
    inputs,
  );
  const misfit = await judge(await other.as("DatasetVersion", "tests/test@2", "test"));
  expect(misfit).toMatchObject({ outcome: "failure", failure: { type: "BAD_INPUT" } });
  expect(JSON.stringify(misfit)).toContain("is prepared by the definition sha256:");
  const both = [data[0]!, await other.as("DatasetVersion", "tests/train@2", "train")];
  const mixed = (await workshop.run("train-tfjs", training, { data: both })).outcome;
  expect(JSON.stringify(mixed)).toContain("not prepared by one definition");
}, 60_000);

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
