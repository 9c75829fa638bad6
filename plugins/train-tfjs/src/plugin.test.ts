import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { hashFile, type JobSpec, loadManifest, runConformance, runJob } from "@clew/plugin-sdk/host";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const FIXTURE = join(DIR, "conformance");

interface Fixture {
  parameters: Record<string, unknown> & { features: { name: string }[] };
}

async function fixtureParameters(): Promise<Fixture["parameters"]> {
  return (JSON.parse(await readFile(join(FIXTURE, "job.json"), "utf8")) as Fixture).parameters;
}

const EVALUATE = fileURLToPath(new URL("../../evaluate-tabular", import.meta.url));
const FEATURE = { name: "load", column: "load", kind: "numeric" };

/** Trains on the fixture, its main table replaced where given. */
async function trained(changed: Record<string, unknown> = {}, rows?: string) {
  return (await trainedHere(changed, rows)).outcome;
}

async function trainedHere(changed: Record<string, unknown>, rows?: string) {
  const work = await mkdtemp(join(tmpdir(), "train-tfjs-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  await cp(FIXTURE, join(work, "in"), { recursive: true });
  if (rows !== undefined) await writeFile(join(work, "in/data/a.csv"), rows);
  const version = async <T extends string>(type: T, key: string, dir: string, paths: string[]) => {
    const described = paths.map(async (path) => ({ path, ...(await hashFile(join(work, "in", dir, path))) }));
    const shared = { digest: `sha256:${"0".repeat(64)}`, schema: [], signature: null };
    return { ...shared, id: key, key, type, dir, files: await Promise.all(described) };
  };
  const run = async (pluginDir: string, out: string, given: Pick<JobSpec, "parameters" | "inputs">) => {
    const dirs = { pluginDir, inputDir: join(work, "in"), outputDir: join(work, out) };
    return await runJob({
      ...dirs,
      ...given,
      manifest: await loadManifest(pluginDir),
      seed: 1,
      runId: "run-1",
      attempt: 1,
    });
  };
  const data = [
    await version("DatasetVersion", "tests/data@1", "data", rows === undefined ? ["a.csv", "b.csv"] : ["a.csv"]),
  ];
  const joined = [await version("DatasetVersion", "tests/join-0@1", "ports", ["ports.csv"])];
  const inputs = { data, join: joined };
  const outcome = await run(DIR, "out", { parameters: { ...(await fixtureParameters()), ...changed }, inputs });
  const evaluate = async () => {
    await cp(join(work, "out/model"), join(work, "in/model"), { recursive: true });
    const files = ["model.json", "pipeline.json", "weights.bin"];
    const model = [await version("ModelVersion", "tests/model@1", "model", files)];
    return await run(EVALUATE, "report", {
      parameters: { backend: "wasm", resamples: 50 },
      inputs: { model, ...inputs },
    });
  };
  return { outcome, evaluate };
}

test("a model comes with its signature, its columns' lineage and what it reached against the baselines", async () => {
  const outcome = await trained();
  expect(outcome.environment).toMatchObject({ "tfjs.backend": "wasm" });
  const [model] = outcome.outputs;
  expect(model?.files.map((file) => file.path)).toEqual([
    "data-schema.json",
    "model.json",
    "pipeline.json",
    "weights.bin",
  ]);
  expect(model?.output).toMatchObject({ nodeType: "ModelVersion", format: "tfjs-layers" });
  if (model?.output.nodeType !== "ModelVersion") throw new Error("no model");
  const { signature, columnLineage, metrics } = model.output;
  expect(signature.inputs.map((field) => field.name)).toEqual(["port", "hour", "load", "holiday", "gates"]);
  expect(columnLineage).toContainEqual(
    expect.objectContaining({
      column: "gates",
      from: [{ input: "join", dataset: "tests/join-0", column: "gates" }],
      via: "IDENTITY",
    }),
  );
  expect(columnLineage.map(({ column }) => column)).toContain("late");
  expect(metrics["val_roc_auc"]).toBeGreaterThan(0.6);
  expect(metrics).toMatchObject({ val_majority_roc_auc: 0.5, train_rows: 480, val_rows: 120 });
  expect(metrics["val_logistic_log_loss"]).toBeGreaterThan(0);
});

const HEAD = "at,port,hour,load,holiday,late,delay\n";
const row = (day: number, load: string, late: number) => `2024-01-0${day},A,1,${load},true,${late},0\n`;

test.each<[string, Record<string, unknown>, string | undefined, string, string]>([
  ["no rows", {}, HEAD, "BAD_INPUT", "has no rows"],
  ["one class", {}, HEAD + [1, 2, 3, 4, 5].map((day) => row(day, "1", 0)).join(""), "BAD_INPUT", "late is 0 in all"],
  [
    "a column without values",
    {},
    HEAD + [1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => row(day, "", day % 2)).join(""),
    "BAD_INPUT",
    "load",
  ],
  [
    "text for numbers",
    {},
    HEAD + [1, 2, 3, 4, 5].map((day) => row(day, "many", day % 2)).join(""),
    "BAD_INPUT",
    "load is VARCHAR",
  ],
  ["a column the sql lacks", { timeColumn: "nowhere" }, undefined, "BAD_PARAMETERS", "no column nowhere"],
  ["sql that does not fit", { sql: "SELECT nowhere FROM data" }, undefined, "BAD_PARAMETERS", "nowhere"],
])("refused: %s", async (_, changed, rows, type, message) => {
  const outcome = await trained(changed, rows);
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type } });
  expect(JSON.stringify(outcome)).toContain(message);
});

const LEAK = [{ name: "innocent", column: "innocent", kind: "numeric" }];

test.each([
  ["by another name", 'SELECT late, "at", delay + 0 AS innocent FROM data', "innocent uses delay"],
  ["through a subquery", 'SELECT * FROM (SELECT late, "at", delay AS innocent FROM data)', "innocent uses delay"],
  [
    "where nobody knows",
    'SELECT d.late, d."at", innocent FROM data d, LATERAL (SELECT unnest([d.delay]) AS innocent)',
    "sources: where innocent",
  ],
])("a forbidden column is found %s", async (_, sql, message) => {
  const outcome = await trained({ sql, features: LEAK, baselines: [] });
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type: "BAD_PARAMETERS" } });
  expect(JSON.stringify(outcome)).toContain(message);
});

test("what cannot be read off the sql can be stated", async () => {
  const from = [{ input: "data", column: "load" }];
  const sources = ["innocent", "late"].map((column) => ({ column, from, via: "TRANSFORMATION" }));
  const sql = 'SELECT d.late, d."at", innocent FROM data d, LATERAL (SELECT unnest([d.load]) AS innocent)';
  const outcome = await trained({ sql, features: LEAK, baselines: [], sources });
  expect(outcome.outputs[0]?.output).toMatchObject({
    columnLineage: [{ column: "innocent", from }, { column: "late" }],
  });
});

const NUMBER = {
  task: "regression",
  target: "delay",
  forbidden: ["late"],
  sql: "SELECT d.at, d.port, d.hour, d.load, d.holiday, d.delay, p.gates FROM data d LEFT JOIN join_0 p ON p.port = d.port",
  baselines: [{ name: "linear", features: "all" }],
  network: { hiddenUnits: [16], batchSize: 32, maxEpochs: 30, learningRate: 0.01, dropout: 0.1 },
};

test.each(["mse", "huber"])("a number is learnt by %s, and its model evaluated as such", async (loss) => {
  const { evaluate, outcome } = await trainedHere({ ...NUMBER, network: { ...NUMBER.network, loss } });
  const [model] = outcome.outputs;
  if (model?.output.nodeType !== "ModelVersion") throw new Error(`no model: ${JSON.stringify(outcome)}`);
  const { signature, metrics } = model.output;
  expect(signature.outputs).toEqual([{ name: "prediction", type: "DOUBLE" }]);
  expect(metrics["val_mae"]).toBeLessThan(metrics["val_mean_mae"] as number);
  expect(Object.keys(metrics)).toEqual(expect.arrayContaining(["val_rmse", "val_r2", "val_linear_rmse"]));
  const report = (await evaluate()).outputs[0]?.output;
  if (report?.nodeType !== "Report") throw new Error("no report");
  expect(report.metrics).toMatchObject({ rows: 600 });
  expect(report.metrics["mae"]).toBeLessThan(report.metrics["mean_mae"] as number);
  expect(report.metrics["linear_mae"]).toBeGreaterThan(0);
});

test("a number that is always the same is refused", async () => {
  const outcome = await trained({
    ...NUMBER,
    sql: "SELECT *, 3 AS gates FROM data",
    target: "gates",
    features: [FEATURE],
  });
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type: "BAD_INPUT" } });
  expect(JSON.stringify(outcome)).toContain("target gates is 3 in all");
});

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
