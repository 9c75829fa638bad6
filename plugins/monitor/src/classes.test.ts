import { fromMetricValue, type Label, type Prediction } from "@clew/plugin-sdk";
import { ClassRows } from "@clew/plugin-tabular";
import { randomFrom } from "@clew/plugin-tabular/random";
import { expect, test } from "vitest";
import {
  aMonitor,
  anObserved,
  aPrediction,
  CHALLENGER,
  EARLY,
  HOUR,
  HOURLY,
  iso,
  START,
  stored,
  streamOf,
  watched,
} from "../test/stream.fixture.ts";

const CLASSES = ["on time", "late", "cancelled"];
const OF_CLASSES = {
  ...HOURLY,
  slices: [{ name: "port" }],
  prediction: { column: "probabilities", kind: "classes" as const, classes: CLASSES },
  labels: { wait: "PT2H" },
  quality: { resamples: 50, minSliceRows: 10 },
};

/** Answers of three classes, and truths that follow them as closely as is said: 1 is a model that is always right. */
function answered({ rows = 300, right = 0.7, seed = 1 }: { rows?: number; right?: number; seed?: number } = {}) {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, (_, row) => {
    const likely = Math.floor(3 * random());
    const scores = CLASSES.map((_, at) => (at === likely ? 0.6 : 0.2));
    const truth = random() < right ? likely : Math.floor(3 * random());
    const port = ["A", "B"][row % 2]!;
    const live = aPrediction({ at: START + row * 1_000, inputs: { delay: [0], port: [port] } });
    const prediction: Prediction = { ...live, outputs: { probabilities: [scores], label: [CLASSES[likely]!] } };
    return { prediction, scores, truth };
  });
}
type Row = ReturnType<typeof answered>[number];

function labelsOf(rows: readonly Row[]): Label[] {
  return rows.map(({ prediction: { id }, truth }) => ({
    inference: id,
    row: 0,
    value: CLASSES[truth]!,
    at: iso(START),
  }));
}

async function reported(
  predictions: readonly Prediction[],
  labels: readonly Label[],
  parameters: Parameters<typeof watched>[0] = OF_CLASSES,
) {
  const told = anObserved(START + 2 * HOUR, { labels: [...labels] });
  const end = anObserved(START + 4 * HOUR);
  const { reports, alerts } = await watched(parameters, streamOf(EARLY, stored(predictions), [told, end]));
  const named = (start: string) => [...reports].filter(([name]) => name.startsWith(start)).map(([, report]) => report);
  return { drift: named("drift-"), quality: named("quality-"), ab: named("ab-"), alerts };
}
const predictionsOf = (rows: readonly Row[]) => rows.map(({ prediction }) => prediction);

test("classes are measured as evaluate-tabular measures them, of all rows, of slices and each by itself", async () => {
  const rows = answered();
  const [report] = (await reported(predictionsOf(rows), labelsOf(rows))).quality;
  const measured = new ClassRows(
    Int32Array.from(rows, ({ truth }) => truth),
    Float64Array.from(rows.flatMap(({ scores }) => scores)),
    3,
  );
  expect(report!.metrics).toMatchObject({ rows: 300, classes: 3, labelled_share: 1 });
  for (const [name, value] of Object.entries(measured.measure()))
    expect(fromMetricValue(report!.metrics[name]!), name).toBeCloseTo(value, 9);
  const cuts = report!.slices!.map(({ slice, count }) => [slice["port"] ?? slice["class"], count]);
  expect(cuts.slice(0, 2).toSorted()).toEqual([
    ["A", 150],
    ["B", 150],
  ]);
  expect(cuts.slice(2)).toEqual(measured.byClass().map((one, at) => [CLASSES[at], one.rows]));
});

test("an answer that is no list of so many probabilities is unscored, and a label of no class is bad", async () => {
  const rows = answered({ rows: 8 });
  const odd = [[0.5, 0.5], [0.2, 0.2, 2], ["a", "b", "c"], 0.5];
  const predictions = rows.map(({ prediction }, row): Prediction => {
    return row < odd.length ? { ...prediction, outputs: { probabilities: [odd[row] as never] } } : prediction;
  });
  const labels = labelsOf(rows).map((label, row) => (row === 7 ? { ...label, value: "diverted" } : label));
  const { drift, quality } = await reported(predictions, labels);
  expect(drift[0]!.metrics).toMatchObject({ rows: 8, unscored_rows: 4 });
  expect(drift[0]!.metrics).not.toHaveProperty("positive_share");
  expect(quality[0]!.metrics).toMatchObject({ rows: 3, answered_rows: 8, bad_labels: 1 });
});

test("a gate that they break is an alert", async () => {
  const rows = answered({ right: 0.2 });
  const quality = { resamples: 50, gates: [{ kind: "threshold" as const, metric: "f1_macro" as const, min: 0.8 }] };
  const { alerts, quality: reports } = await reported(predictionsOf(rows), labelsOf(rows), { ...OF_CLASSES, quality });
  expect(reports[0]!.verdict).toBe("FAIL");
  expect(alerts.filter(({ cause }) => cause !== "drift")).toMatchObject([{ cause: "quality:f1_macro" }]);
});

test("a shadow is compared with the live model row by row, all of a row's probabilities together", async () => {
  const rows = answered();
  const shadows = rows.map(({ prediction, truth }): Prediction => {
    const probabilities = [CLASSES.map((_, at) => (at === truth ? 0.8 : 0.1))];
    return { ...prediction, model: CHALLENGER, mode: "SHADOW", inputs: null, outputs: { probabilities } };
  });
  // Of one row the live answer has none, so that nobody is compared there.
  const lives = predictionsOf(rows).map((one, row) => (row === 0 ? { ...one, outputs: { label: ["late"] } } : one));
  const { quality } = await reported([...lives, ...shadows], labelsOf(rows));
  const [live, shadow] = quality.map(({ metrics }) => metrics);
  expect([live!["rows"], shadow!["rows"]]).toEqual([299, 299]);
  expect(fromMetricValue(shadow!["log_loss"]!)).toBeCloseTo(-Math.log(0.8), 9);
  expect(fromMetricValue(shadow!["baseline_accuracy"]!)).toBeCloseTo(fromMetricValue(live!["accuracy"]!), 9);
  expect(fromMetricValue(shadow!["gain_over_baseline_accuracy_low"]!)).toBeGreaterThan(0);
});

test("two live models are compared by how often the predicted class is wrong", async () => {
  const [good, poor] = [answered({ rows: 900, right: 1 }), answered({ rows: 900, right: 0.3, seed: 2 })];
  const predictions = [...predictionsOf(good), ...predictionsOf(poor).map((one) => ({ ...one, model: CHALLENGER }))];
  const parameters = { ...OF_CLASSES, abTest: { outcome: "error" as const, tightestAt: 500 } };
  const { ab } = await reported(predictions, labelsOf([...good, ...poor]), parameters);
  const wrong = poor.filter(({ scores, truth }) => scores[truth] !== 0.6).length / poor.length;
  expect(ab[0]!.metrics).toMatchObject({ champion_mean: 0 });
  expect(fromMetricValue(ab[0]!.metrics["challenger_mean"]!)).toBeCloseTo(wrong, 9);
  expect(ab[0]!.rules![0]!.message).toMatch(/^CHAMPION_BETTER/);
});

test.each([
  ["prediction.classes: are for kind classes, which needs them", { prediction: { column: "p", kind: "classes" } }],
  ["prediction.classes: are for kind classes, which needs them", { prediction: { column: "p", classes: ["a", "b"] } }],
  ["prediction.classes: two are the same", { prediction: { column: "p", kind: "classes", classes: [1, 0, true] } }],
  ["abTest.outcome: there is no brier_score of kind classes", { abTest: { outcome: "brier_score" } }],
  [
    'gate "x": the model is not measured by roc_auc',
    { quality: { gates: [{ kind: "threshold", name: "x", metric: "roc_auc", min: 0.5 }] } },
  ],
])("refused: %s", (message, given) => {
  expect(() => aMonitor({ ...OF_CLASSES, ...given } as never)).toThrow(message);
});
