import { expect, test } from "vitest";
import { readGolden } from "../test/read-golden.ts";
import { METRICS, ScoredRows } from "./scored-rows.ts";

const golden = readGolden();
const rows = new ScoredRows(Uint8Array.from(golden.labels), Float64Array.from(golden.scores), golden.threshold);

test.each(METRICS)("%s is what scikit-learn says, with ties", (name) => {
  expect(rows.measure()[name]).toBeCloseTo(golden.metrics[name], 12);
});

test.each(METRICS)("%s with multiplicities is what scikit-learn says with sample weights", (name) => {
  expect(rows.measure(Uint16Array.from(golden.counts))[name]).toBeCloseTo(golden.weighted_metrics[name], 12);
});

test("the confusion matrix is what scikit-learn says", () => {
  const [tn, fp, fn, tp] = golden.confusion;
  expect(rows.confusion()).toEqual({ tn, fp, fn, tp });
});

test("what one class alone does not define is NaN, the rest is a number", () => {
  const scores = Float64Array.of(0.2, 0.9);
  const negatives = new ScoredRows(Uint8Array.of(0, 0), scores, 0.5).measure();
  expect(negatives).toMatchObject({ roc_auc: Number.NaN, average_precision: Number.NaN, recall: Number.NaN });
  expect(negatives).toMatchObject({ accuracy: 0.5, precision: 0, brier_score: (0.04 + 0.81) / 2 });
  const positives = new ScoredRows(Uint8Array.of(1, 1), scores, 0.95).measure();
  expect(positives).toMatchObject({ roc_auc: Number.NaN, average_precision: 1, precision: Number.NaN, recall: 0 });
});

test("a probability of 0 for what happened costs a finite loss", () => {
  const { log_loss } = new ScoredRows(Uint8Array.of(1), Float64Array.of(0), 0.5).measure();
  expect(log_loss).toBeCloseTo(-Math.log(Number.EPSILON), 10);
});
