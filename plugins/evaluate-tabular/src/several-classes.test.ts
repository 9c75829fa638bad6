import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { CLASSES, type Flight, flights, flightsFile } from "../../tabular/test/several-classes.ts";
import { aWorkshop } from "../../tabular/test/workshop.ts";

const MODEL = fileURLToPath(new URL("../../tabular/test/several-classes", import.meta.url));
const ROWS = flights(400, 9);

interface Given {
  rows?: readonly Flight[];
  /** Of the version at the input `baseline`, in place of its own. */
  championClasses?: readonly string[];
}

async function evaluated(parameters: Record<string, unknown> = {}, { rows = ROWS, championClasses }: Given = {}) {
  const workshop = await aWorkshop();
  const model = [{ ...(await workshop.dataset("tests/outcome@1", MODEL)), type: "ModelVersion" as const }];
  const data = [await workshop.dataset("tests/flights@1", { "flights.jsonl": flightsFile(rows) })];
  const baseline = championClasses && [
    {
      ...(await workshop.dataset("tests/outcome@0", await championWith(championClasses))),
      type: "ModelVersion" as const,
    },
  ];
  const asked = { resamples: 50, backend: "cpu", ...parameters };
  return await workshop.run("evaluate-tabular", asked, { model, data, ...(baseline && { baseline }) });
}

async function championWith(classes: readonly string[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "champion-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  await cp(MODEL, dir, { recursive: true });
  const pipeline = JSON.parse(await readFile(join(MODEL, "pipeline.json"), "utf8")) as object;
  await writeFile(join(dir, "pipeline.json"), JSON.stringify({ ...pipeline, classes }));
  return dir;
}

test("the report has the metrics of all rows and of slices, each class, gates, and the predictions that were measured", async () => {
  const { outcome, path } = await evaluated(
    {
      slices: [{ name: "port", expression: "CASE WHEN hour % 2 = 0 THEN 'even' ELSE 'odd' END" }],
      gates: [
        { kind: "threshold", metric: "balanced_accuracy", min: 0.7 },
        { kind: "better-than-baseline", metric: "log_loss", baseline: "majority", margin: 0.2 },
        { kind: "better-than-baseline", metric: "f1_macro" },
        { kind: "no-slice-worse", metric: "accuracy", tolerance: 0.2 },
      ],
      predictions: true,
    },
    { championClasses: CLASSES },
  );
  const report = outcome.outputs[0]?.output;
  if (report?.nodeType !== "Report") throw new Error(JSON.stringify(outcome));
  expect(report.rules.slice(0, 4).map((rule) => rule.outcome)).toEqual(["PASS", "PASS", "NOT_ENOUGH_DATA", "PASS"]);
  expect(report.metrics).toMatchObject({ rows: 400, classes: 3, gain_over_baseline_log_loss: 0 });
  const slices = report.slices.map(({ slice }) => slice);
  expect(slices.slice(0, 2)).toEqual(expect.arrayContaining([{ port: "even" }, { port: "odd" }]));
  expect(slices.slice(2)).toEqual(CLASSES.map((name) => ({ class: name })));
  const file = JSON.parse(await readFile(path("report/report.json"), "utf8")) as {
    classes: string[];
    confusionMatrix: number[][];
  };
  expect(file.classes).toEqual([...CLASSES]);
  const right = file.confusionMatrix.reduce((sum, row, place) => sum + row[place]!, 0);
  expect(right / 400).toBeCloseTo(report.metrics["accuracy"] as number, 12);
  const lines = (await readFile(path("report/predictions.csv"), "utf8")).trimEnd().split("\r\n");
  expect(lines[0]).toBe("port,label,predicted,probability,probability_of_label,baseline,majority");
  expect(lines).toHaveLength(401);
  const losses = lines.slice(1).map((line) => -Math.log(Number(line.split(",").at(-3))));
  expect(losses.reduce((sum, loss) => sum + loss / 400, 0)).toBeCloseTo(report.metrics["log_loss"] as number, 10);
}, 60_000);

test("rows of one class alone are measured, and what they do not define is NaN", async () => {
  const { outcome } = await evaluated({}, { rows: ROWS.filter(({ outcome: is }) => is === CLASSES[0]) });
  const report = outcome.outputs[0]?.output;
  if (report?.nodeType !== "Report") throw new Error(JSON.stringify(outcome));
  expect(report.metrics).toMatchObject({ roc_auc_ovr: { $number: "NaN" }, roc_auc_ovr_low: { $number: "NaN" } });
  expect(report.metrics["accuracy"]).toBeGreaterThan(0.5);
}, 60_000);

const first = ROWS[0]!;
test.each<[string, Record<string, unknown>, Given, string, string]>([
  [
    "a class that training has not seen",
    {},
    { rows: [...ROWS, { ...first, outcome: "diverted" }] },
    "BAD_INPUT",
    'is "diverted" or another class that the model does not know in 1 rows',
  ],
  ["rows without a class", {}, { rows: [...ROWS, { ...first, outcome: null }] }, "BAD_INPUT", "is null in 1 rows"],
  ["a champion of other classes", {}, { championClasses: ["a", "b", "c"] }, "BAD_INPUT", "classes differ"],
  [
    "a slice of the classes' own name",
    { slices: [{ name: "class", expression: "hour" }] },
    {},
    "BAD_PARAMETERS",
    "class is what",
  ],
  [
    "fairness that Fairlearn does not define",
    {
      slices: [{ name: "load" }],
      gates: [{ kind: "fairness", metric: "equalized_odds", groups: "load", max: 0.1 }],
    },
    {},
    "BAD_PARAMETERS",
    "of yes-or-no answers, not of several classes",
  ],
])(
  "refused: %s",
  async (_, parameters, given, type, message) => {
    const { outcome } = await evaluated(parameters, given);
    expect(outcome).toMatchObject({ failure: { type, message: expect.stringContaining(message) as string } });
  },
  30_000,
);
