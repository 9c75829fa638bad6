import { expect, test } from "vitest";
import { readGolden } from "../test/read-golden.ts";
import { CLASS_METRICS, ClassRows } from "./class-rows.ts";

const { counts, classes: golden } = readGolden();
const rows = new ClassRows(Int32Array.from(golden.labels), Float64Array.from(golden.scores), 4);

test.each(CLASS_METRICS)("%s is what scikit-learn says, with ties and a class that is never predicted", (name) => {
  expect(rows.measure()[name]).toBeCloseTo(golden.metrics[name], 12);
});

test.each(CLASS_METRICS)("%s with multiplicities is what scikit-learn says with sample weights", (name) => {
  expect(rows.measure(Uint16Array.from(counts))[name]).toBeCloseTo(golden.weighted_metrics[name], 12);
});

test("a class that rows lack is in the averages where it is predicted, and in no mean of recalls", () => {
  const kept = Int32Array.from([...golden.labels.keys()].filter((row) => golden.labels[row] !== 0));
  const measured: Partial<Record<string, number>> = rows.take(kept).measure();
  for (const [name, value] of Object.entries(golden.without_first)) expect(measured[name]).toBeCloseTo(value, 12);
  expect(measured).toMatchObject({ roc_auc_ovr: Number.NaN, roc_auc_ovr_weighted: Number.NaN });
});

test("the confusion matrix and what is said of each class are what scikit-learn says", () => {
  expect(rows.confusion()).toEqual(golden.confusion);
  for (const [of, { rocAuc, ...said }] of rows.byClass().entries()) {
    expect(rocAuc).toBeCloseTo(golden.by_class.roc_auc[of]!, 12);
    const digits = (value: number | null) => (value ?? Number.NaN).toFixed(12);
    for (const name of ["precision", "recall", "f1", "rows"] as const) {
      expect(digits(said[name])).toBe(digits(golden.by_class[name][of]!));
    }
  }
});

test("of equal probabilities the first class is predicted, and a probability of 0 costs a finite loss", () => {
  const tied = new ClassRows(Int32Array.of(2), Float64Array.of(0.5, 0.5, 0), 3);
  expect(tied.predicted).toEqual(Int32Array.of(0));
  expect(tied.measure().log_loss).toBeCloseTo(-Math.log(Number.EPSILON), 10);
});

test("a predicted class was right, or was not, with its probability", () => {
  const two = new ClassRows(Int32Array.of(1, 1), Float64Array.of(0.2, 0.8, 0.6, 0.4), 2);
  expect(two.topLabel()).toEqual({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.8, 0.6) });
});
