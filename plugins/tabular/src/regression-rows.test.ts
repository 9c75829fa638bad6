import { expect, test } from "vitest";
import { readGolden } from "../test/read-golden.ts";
import { REGRESSION_METRICS, RegressionRows } from "./regression-rows.ts";

const { counts, regression: golden } = readGolden();
const rows = new RegressionRows(Float64Array.from(golden.truths), Float64Array.from(golden.answers));

test.each(REGRESSION_METRICS)("%s is what scikit-learn and numpy say, with ties", (name) => {
  expect(rows.measure()[name]).toBeCloseTo(golden.metrics[name], 10);
});

test.each(REGRESSION_METRICS)("%s with multiplicities is what they say of repeated rows", (name) => {
  expect(rows.measure(Uint16Array.from(counts))[name]).toBeCloseTo(golden.weighted_metrics[name], 10);
});

test("counts leave nothing behind: each row once says the same again", () => {
  rows.measure(Uint16Array.from(counts));
  expect(rows.measure()).toEqual(new RegressionRows(rows.truths, rows.answers).measure());
});

test("truths that are all alike have no R², and large ones keep theirs", () => {
  const alike = new RegressionRows(new Float64Array(7).fill(0.1), Float64Array.of(1, 2, 3, 4, 5, 6, 7)).measure();
  expect(alike.r2).toBeNaN();
  expect(alike.mae).toBeCloseTo(3.9, 12);
  const far = (values: number[]) => Float64Array.from(values, (value) => value + 1e9);
  expect(new RegressionRows(far([1, 2, 3, 4]), far([1, 2, 3, 5])).measure().r2).toBeCloseTo(1 - 1 / 5, 9);
});

test("rows that are taken are measured as if they were alone", () => {
  const taken = rows.take(Int32Array.of(3, 5, 8)).measure();
  const own = new RegressionRows(
    Float64Array.from([3, 5, 8], (row) => golden.truths[row]!),
    Float64Array.from([3, 5, 8], (row) => golden.answers[row]!),
  );
  expect(taken).toEqual(own.measure());
});
