import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { hashFile, loadManifest, runConformance, runJob } from "@clew/plugin-sdk/host";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const FIXTURE = join(DIR, "conformance");
const MODEL_FILES = ["model.json", "pipeline.json", "weights.bin"];

/** Evaluates the fixture's model; files of the inputs are replaced where given, and a model in `champion/` is what it is compared with. */
async function evaluated(changed: Record<string, unknown> = {}, replaced: Record<string, string> = {}) {
  const work = await mkdtemp(join(tmpdir(), "evaluate-tabular-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  await cp(FIXTURE, join(work, "in"), { recursive: true });
  await cp(join(FIXTURE, "model"), join(work, "in/champion"), { recursive: true });
  for (const [path, text] of Object.entries(replaced)) await writeFile(join(work, "in", path), text);
  const version = async <T extends string>(type: T, key: string, dir: string, paths: string[]) => {
    const described = paths.map(async (path) => ({ path, ...(await hashFile(join(work, "in", dir, path))) }));
    const shared = { digest: `sha256:${"0".repeat(64)}`, schema: [], signature: null };
    return { ...shared, id: key, key, type, dir, files: await Promise.all(described) };
  };
  const hasChampion = Object.keys(replaced).some((path) => path.startsWith("champion/"));
  const { parameters } = JSON.parse(await readFile(join(FIXTURE, "job.json"), "utf8")) as { parameters: object };
  const outcome = await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters: { ...parameters, gates: [], crosses: [], ...changed },
    inputs: {
      model: [await version("ModelVersion", "tests/model@1", "model", MODEL_FILES)],
      baseline: hasChampion ? [await version("ModelVersion", "tests/model@0", "champion", MODEL_FILES)] : [],
      data: [await version("DatasetVersion", "tests/data@1", "data", ["a.csv", "b.csv"])],
      join: [await version("DatasetVersion", "tests/join-0@1", "ports", ["ports.csv"])],
    },
    seed: 1,
    runId: "run-1",
    attempt: 1,
  });
  const read = async (file: string) => await readFile(join(work, "out/report", file), "utf8");
  return { outcome, read };
}

/** The report that the job stated. */
async function reported(changed?: Record<string, unknown>, replaced?: Record<string, string>) {
  const { outcome, read } = await evaluated(changed, replaced);
  const output = outcome.outputs[0]?.output;
  if (output?.nodeType !== "Report") throw new Error(`no report: ${JSON.stringify(outcome)}`);
  return { report: output, read };
}

const HEAD = "at,port,hour,load,holiday,late,delay\n";

test("the report has metrics with intervals, gains over the baselines, and slices that add up", async () => {
  const { report, read } = await reported();
  const { metrics, slices } = report;
  expect(report).toMatchObject({ reportType: "EVALUATION", about: ["model", "data"], verdict: null });
  expect(metrics).toMatchObject({ rows: 600, majority_roc_auc: 0.5 });
  expect(metrics["roc_auc_low"]).toBeLessThan(metrics["roc_auc"] as number);
  expect(metrics["gain_over_logistic_roc_auc"]).toBeCloseTo(
    (metrics["roc_auc"] as number) - (metrics["logistic_roc_auc"] as number),
    12,
  );
  const ports = slices.filter(({ slice }) => Object.hasOwn(slice, "port"));
  expect(ports.map(({ slice }) => slice["port"]).toSorted()).toEqual(["A", "B", "C"]);
  expect(ports.reduce((sum, { count }) => sum + count, 0)).toBe(600);
  expect(slices.map(({ slice }) => slice["part of day"])).toEqual(expect.arrayContaining(["am", "pm"]));
  const file = JSON.parse(await read("report.json")) as { confusion: Record<string, number>; calibration: object };
  expect(Object.values(file.confusion).reduce((sum, count) => sum + count, 0)).toBe(600);
  expect(file.calibration).toMatchObject({ bins: expect.any(Array) as unknown });
});

test("the predictions that are kept are those that were measured", async () => {
  const { report, read } = await reported();
  const [head, ...lines] = (await read("predictions.csv")).trimEnd().split("\r\n");
  expect(head).toBe("port,part of day,label,probability,majority,logistic,logistic_all");
  const rows = lines.map((line) => line.split(","));
  const squares = rows.map((row) => (Number(row[3]) - Number(row[2])) ** 2);
  expect(squares.reduce((sum, square) => sum + square, 0) / 600).toBeCloseTo(
    report.metrics["brier_score"] as number,
    12,
  );
});

test("categories and values never seen, and missing ones, are scored", async () => {
  const rows = "2024-02-01,Z,99,,false,0,0\n2024-02-02,A,3,1e9,,1,0\n";
  const { report } = await reported({ minSliceRows: 1 }, { "data/a.csv": HEAD + rows, "data/b.csv": HEAD + rows });
  expect(report.metrics["rows"]).toBe(4);
  expect(report.metrics["log_loss"]).toBeGreaterThan(0);
});

test("one class: what that leaves undefined is said to be NaN, with the counts", async () => {
  const rows = Array.from({ length: 40 }, (_, index) => `2024-02-01,A,${index % 24},${index},false,0,0\n`).join("");
  const { report } = await reported({}, { "data/a.csv": HEAD + rows, "data/b.csv": HEAD + rows });
  expect(report.metrics).toMatchObject({ positives: 0, roc_auc: { $number: "NaN" }, roc_auc_low: { $number: "NaN" } });
  expect(report.metrics["log_loss"]).toBeGreaterThan(0);
  expect(report.slices[0]).toMatchObject({
    count: 80,
    metrics: { positives: 0, average_precision: { $number: "NaN" } },
  });
});

const GATES = [
  { kind: "threshold", metric: "roc_auc", min: 0.6 },
  { kind: "better-than-baseline", metric: "log_loss", baseline: "majority" },
  { kind: "no-slice-worse", metric: "accuracy", tolerance: 0.5, name: "no corner left behind" },
  { kind: "fairness", metric: "demographic_parity", groups: "port", max: 0.9 },
];

test("the verdict follows from the gates, whose rules are in the report with what they were decided by", async () => {
  const crosses = [{ name: "port_part", of: ["port", "part of day"] }];
  const { report, read } = await reported({ gates: GATES, crosses });
  expect(report.verdict).toBe("PASS");
  expect(report.rules.slice(0, 4).map(({ rule, kind, outcome }) => [rule, kind, outcome])).toEqual([
    ["roc_auc is at least 0.6", "THRESHOLD", "PASS"],
    ["log_loss is better than majority's by at least 0", "BETTER_THAN_BASELINE", "PASS"],
    ["no corner left behind", "NO_SLICE_WORSE", "PASS"],
    ["demographic_parity_difference between port is at most 0.9", "FAIRNESS", "PASS"],
  ]);
  expect(
    report.rules
      .slice(4)
      .map(({ where }) => where.length)
      .toSorted(),
  ).toEqual([...Array.from({ length: 5 }, () => 1), ...Array.from({ length: 6 }, () => 2)]);
  expect(report.rules[0]).toMatchObject({ value: report.metrics["roc_auc"], count: 600, bound: 0.6 });
  expect(report.rules[1]?.value).toBeCloseTo(report.metrics["gain_over_majority_log_loss"] as number, 12);
  const cross = report.slices.find(({ slice }) => Object.keys(slice).length === 2);
  expect(cross).toMatchObject({
    slice: { port: expect.any(String) as unknown, "part of day": expect.any(String) as unknown },
  });
  const file = JSON.parse(await read("report.json")) as { gates: { answer: object }[] };
  expect(file.gates.map(({ answer }) => answer)).toEqual(report.rules.slice(0, 4));
  const plain = await reported();
  expect(plain.report).toMatchObject({ verdict: null, rules: [], metrics: report.metrics });
  expect(JSON.parse(await plain.read("report.json"))).not.toHaveProperty("gates");
});

test("one broken rule fails the report", async () => {
  const gates = [...GATES, { kind: "threshold", metric: "roc_auc", min: 0.99 }];
  expect((await reported({ gates })).report.verdict).toBe("FAIL");
});

/** The fixture's files, changed so that the net answers a number, and is compared with a mean. */
async function ofNumbers(): Promise<Record<string, string>> {
  const read = async (file: string) => await readFile(join(FIXTURE, "model", file), "utf8");
  const pipeline = JSON.parse(await read("pipeline.json")) as { sql: string };
  const sql = pipeline.sql.replace("d.late", "d.delay");
  const baselines = [{ kind: "mean", name: "mean", value: 30 }];
  const numeric = { ...pipeline, sql, target: "delay", output: "number", threshold: undefined, baselines };
  const net = (await read("model.json")).replace('"sigmoid"', '"linear"');
  return { "model/pipeline.json": JSON.stringify(numeric), "model/model.json": net };
}

test("a model that answers a number is measured as such, by slices too", async () => {
  const { report, read } = await reported({}, await ofNumbers());
  const { metrics, slices } = report;
  expect(Object.keys(metrics).slice(0, 4)).toEqual(["rows", "mae", "mae_low", "mae_high"]);
  expect(metrics["gain_over_mean_mae"]).toBeCloseTo((metrics["mean_mae"] as number) - (metrics["mae"] as number), 12);
  expect(metrics["gain_over_mean_r2"]).toBeCloseTo((metrics["r2"] as number) - (metrics["mean_r2"] as number), 12);
  expect(slices[0]).toMatchObject({ metrics: { rmse: expect.any(Number) as unknown } });
  const lines = (await read("predictions.csv")).trimEnd().split("\r\n").slice(1);
  const errors = lines.map((line) => Math.abs(Number(line.split(",")[3]) - Number(line.split(",")[2])));
  expect(errors.reduce((sum, error) => sum + error / 600, 0)).toBeCloseTo(metrics["mae"] as number, 10);
});

test("a model is compared with another version, row by row", async () => {
  const pipeline = JSON.parse(await readFile(join(FIXTURE, "model/pipeline.json"), "utf8")) as { sql: string };
  const same = { ...pipeline, sql: `  ${pipeline.sql.replace(" FROM", "\nFROM")};` };
  const { report } = await reported({}, { "champion/pipeline.json": JSON.stringify(same) });
  expect(report.metrics).toMatchObject({ baseline_roc_auc: report.metrics["roc_auc"], gain_over_baseline_log_loss: 0 });
  expect(report.metrics).toMatchObject({ gain_over_baseline_log_loss_low: 0, gain_over_baseline_log_loss_high: 0 });
  const other = JSON.stringify({ ...pipeline, sql: `${pipeline.sql} WHERE d.hour > 5` });
  const { outcome } = await evaluated({}, { "champion/pipeline.json": other });
  expect(outcome).toMatchObject({ failure: { type: "BAD_INPUT", message: expect.stringContaining("sql") as unknown } });
});

test("a model of more answers than its pipeline says, and answers that are no probabilities, are refused", async () => {
  const net = await readFile(join(FIXTURE, "model/model.json"), "utf8");
  const linear = await evaluated({}, { "model/model.json": net.replace('"sigmoid"', '"linear"') });
  expect(linear.outcome).toMatchObject({ failure: { type: "BAD_INPUT" } });
  expect(JSON.stringify(linear.outcome)).toContain("which is no probability");
  const two = net.replace('"units": 1,', '"units": 2,').replace('"shape": [8, 1]', '"shape": [8, 2]');
  const weights = {
    "model/model.json": two.replace('"shape": [1]', '"shape": [2]'),
    "model/weights.bin": "x".repeat(392),
  };
  const { outcome } = await evaluated({}, weights);
  expect(outcome).toMatchObject({ failure: { type: "BAD_INPUT" } });
  expect(JSON.stringify(outcome)).toContain("and its pipeline.json names no classes");
});

test.each<[string, Record<string, unknown>, Record<string, string>, string, string]>([
  ["no rows", {}, { "data/a.csv": HEAD, "data/b.csv": HEAD }, "BAD_INPUT", "has no rows"],
  [
    "a column that the model needs",
    {},
    { "data/a.csv": "at,port\n1,A\n", "data/b.csv": "at\n1\n" },
    "BAD_INPUT",
    "hour",
  ],
  [
    "a target of several classes",
    {},
    { "data/b.csv": `${HEAD}2024-02-01,A,3,1,true,2,0\n` },
    "BAD_INPUT",
    "target late has 3 values: the model knows 0 and 1 only",
  ],
  ["a broken model", {}, { "model/pipeline.json": "{}" }, "BAD_INPUT", "pipeline.json"],
  ["a gate over a slice that there is not", { gates: [{ ...GATES[3], groups: "sex" }] }, {}, "BAD_PARAMETERS", "sex"],
  ["two gates of one name", { gates: [GATES[0], GATES[0]] }, {}, "BAD_PARAMETERS", "another gate"],
  [
    "a gate without its baseline",
    { gates: [{ ...GATES[1], baseline: "baseline" }] },
    {},
    "BAD_PARAMETERS",
    "no version",
  ],
  ["a gate of another kind of model", { gates: [{ ...GATES[0], metric: "r2" }] }, {}, "BAD_PARAMETERS", "by r2"],
  [
    "a baseline without a threshold",
    { gates: [{ ...GATES[1], metric: "recall" }] },
    {},
    "BAD_PARAMETERS",
    "majority has no threshold of its own",
  ],
  ["a slice that is no column", { slices: [{ name: "nowhere" }] }, {}, "BAD_PARAMETERS", "nowhere"],
])("refused: %s", async (_, changed, replaced, type, message) => {
  const { outcome } = await evaluated(changed, replaced);
  expect(outcome).toMatchObject({ outcome: "failure", failure: { type } });
  expect(JSON.stringify(outcome)).toContain(message);
});

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
