import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { hashFile, type JobSpec, loadManifest, runConformance, runJob } from "@clew/plugin-sdk/host";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const EVALUATE = fileURLToPath(new URL("../../evaluate-tabular", import.meta.url));
const FIXTURE = join(DIR, "conformance");

interface Fixture {
  parameters: Record<string, unknown> & { features: { name: string }[] };
}

async function fixtureParameters(): Promise<Fixture["parameters"]> {
  return (JSON.parse(await readFile(join(FIXTURE, "job.json"), "utf8")) as Fixture).parameters;
}

/** A folder with the fixture's data, where jobs run. */
async function aWorkshop() {
  const work = await mkdtemp(join(tmpdir(), "train-xgboost-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  await cp(FIXTURE, join(work, "in"), { recursive: true });
  const version = async <T extends string>(type: T, key: string, dir: string, paths: string[]) => {
    const described = paths.map(async (path) => ({ path, ...(await hashFile(join(work, "in", dir, path))) }));
    const shared = { digest: `sha256:${"0".repeat(64)}`, schema: [], signature: null };
    return { ...shared, id: key, key, type, dir, files: await Promise.all(described) };
  };
  const run = async (pluginDir: string, out: string, given: Pick<JobSpec, "parameters" | "inputs">) => {
    const manifest = await loadManifest(pluginDir);
    const dirs = { pluginDir, inputDir: join(work, "in"), outputDir: join(work, out) };
    const metrics: string[] = [];
    const onMessage: NonNullable<JobSpec["onMessage"]> = (message) => {
      if (message.type === "metric") metrics.push(message.name);
    };
    const outcome = await runJob({ ...dirs, ...given, manifest, seed: 1, runId: "run-1", attempt: 1, onMessage });
    return { outcome, metrics };
  };
  const data = [await version("DatasetVersion", "tests/data@1", "data", ["a.csv", "b.csv"])];
  const join_ = [await version("DatasetVersion", "tests/join-0@1", "ports", ["ports.csv"])];
  const train = async (changed: Record<string, unknown> = {}) => {
    const parameters = { ...(await fixtureParameters()), ...changed };
    return await run(DIR, "model-out", { parameters, inputs: { data, join: join_ } });
  };
  const evaluate = async () => {
    await cp(join(work, "model-out/model"), join(work, "in/model"), { recursive: true });
    const model = [await version("ModelVersion", "tests/model@1", "model", ["pipeline.json", "xgboost.json"])];
    const parameters = { backend: "wasm", resamples: 50 };
    return (await run(EVALUATE, "report-out", { parameters, inputs: { model, data, join: join_ } })).outcome;
  };
  return { train, evaluate };
}

test("a model comes with its signature, its columns' lineage and what it reached, and can be evaluated", async () => {
  const { train, evaluate } = await aWorkshop();
  const { outcome, metrics: points } = await train();
  expect(outcome.environment).toMatchObject({ "ml-xgboost.version": "1.1.2" });
  expect(new Set(points)).toEqual(new Set(["loss", "val_log_loss", "val_roc_auc"]));
  const [model] = outcome.outputs;
  expect(model?.files.map((file) => file.path)).toEqual(["data-schema.json", "pipeline.json", "xgboost.json"]);
  if (model?.output.nodeType !== "ModelVersion") throw new Error(`no model: ${JSON.stringify(outcome)}`);
  const { format, signature, columnLineage, metrics } = model.output;
  expect(format).toBe("xgboost-json");
  expect(signature.inputs.map((field) => field.name)).toEqual(["port", "hour", "load", "holiday", "gates"]);
  expect(signature.outputs).toEqual([{ name: "probability", type: "DOUBLE" }]);
  const from = [{ input: "join", dataset: "tests/join-0", column: "gates" }];
  expect(columnLineage).toContainEqual(expect.objectContaining({ column: "gates", from, via: "IDENTITY" }));
  expect(metrics["val_roc_auc"]).toBeGreaterThan(0.6);
  expect(metrics).toMatchObject({ val_majority_roc_auc: 0.5, train_rows: 480, val_rows: 120 });
  expect(metrics["val_logistic_log_loss"]).toBeGreaterThan(0);
  const { outputs, ...evaluated } = await evaluate();
  expect(outputs, JSON.stringify(evaluated)).toHaveLength(1);
  expect(outputs[0]?.output).toMatchObject({ metrics: { rows: 600, majority_roc_auc: 0.5 } });
  const report = outputs[0]?.output;
  expect(report?.nodeType === "Report" && report.metrics["roc_auc"]).toBeGreaterThan(0.6);
}, 60_000);

const REGRESSION = {
  task: "regression",
  target: "delay",
  forbidden: ["late"],
  baselines: [{ name: "linear", features: "all" }],
};
const WITH_DELAY = {
  sql: "SELECT d.at, d.port, d.hour, d.load, d.holiday, d.delay, p.gates FROM data d LEFT JOIN join_0 p ON p.port = d.port",
};

test("a number can be predicted, and its model be evaluated as such", async () => {
  const { train, evaluate } = await aWorkshop();
  const { outcome, metrics: points } = await train({ ...REGRESSION, ...WITH_DELAY });
  const [model] = outcome.outputs;
  if (model?.output.nodeType !== "ModelVersion") throw new Error(`no model: ${JSON.stringify(outcome)}`);
  const { signature, metrics } = model.output;
  expect(signature.outputs).toEqual([{ name: "prediction", type: "DOUBLE" }]);
  expect(new Set(points)).toEqual(new Set(["rmse", "val_rmse", "val_mae"]));
  expect(metrics["val_rmse"]).toBeLessThan(metrics["val_mean_rmse"] as number);
  const report = (await evaluate()).outputs[0]?.output;
  if (report?.nodeType !== "Report") throw new Error("no report");
  expect(report.metrics["rmse"]).toBeLessThan(report.metrics["mean_rmse"] as number);
  expect(report.metrics["linear_rmse"]).toBeGreaterThan(0);
}, 60_000);

const LEAK = {
  sql: "SELECT * FROM data",
  features: [{ name: "x", column: "delay", kind: "numeric" }],
  baselines: [],
};

test.each<[string, Record<string, unknown>, string, string]>([
  [
    "a baseline of a name that is taken",
    { ...REGRESSION, baselines: [{ name: "mean", features: "all" }] },
    "BAD_PARAMETERS",
    "baselines: mean is always there",
  ],
  ["a forbidden column", LEAK, "BAD_PARAMETERS", "forbidden"],
  [
    "a number where yes or no is due",
    { target: "load", features: [{ name: "hour", column: "hour", kind: "numeric" }] },
    "BAD_INPUT",
    "load",
  ],
])("refused: %s", async (_, changed, type, message) => {
  const own = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  const { outcome } = await (await aWorkshop()).train(own);
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type } });
  expect(JSON.stringify(outcome)).toContain(message);
});

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
