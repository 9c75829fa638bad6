import { expect, test } from "vitest";
import { readGolden } from "../test/read-golden.ts";
import { fitLinear, fitLogistic, predictLinear, predictLogistic } from "./logistic.ts";

test("weights and bias are what scikit-learn's LogisticRegression finds", () => {
  const { matrix, labels, c, weights, bias } = readGolden().logistic;
  const values = Float32Array.from(matrix.flat());
  const fitted = fitLogistic({ rows: labels.length, width: 3, values }, Uint8Array.from(labels), c);
  expect(fitted.bias).toBeCloseTo(bias, 3);
  for (const [index, weight] of weights.entries()) expect(fitted.weights[index]).toBeCloseTo(weight, 3);
});

test("separable rows do not run away: the penalty holds the weights", () => {
  const matrix = { rows: 4, width: 1, values: Float32Array.of(-2, -1, 1, 2) };
  const fitted = fitLogistic(matrix, Uint8Array.of(0, 0, 1, 1), 1e6);
  expect(Number.isFinite(fitted.weights[0])).toBe(true);
  const scores = predictLogistic(fitted, matrix);
  expect(scores[1]).toBeLessThan(0.1);
  expect(scores[2]).toBeGreaterThan(0.9);
});

test("a linear regression is Ridge's: what the normal equations give, whatever the target's unit", () => {
  const values = Float32Array.of(-2, -1, 0, 1, 2);
  const matrix = { rows: 5, width: 1, values };
  for (const unit of [1, 1e6]) {
    const targets = Float64Array.from(values, (x, row) => unit * (3 * x + 10 + (row % 2)));
    const alpha = 4;
    const mean = targets.reduce((sum, y) => sum + y, 0) / 5;
    const weight = targets.reduce((sum, y, row) => sum + values[row]! * (y - mean), 0) / (10 + alpha);
    const fitted = fitLinear(matrix, targets, 1 / alpha);
    expect(fitted.weights[0]! / unit).toBeCloseTo(weight / unit, 4);
    expect(fitted.bias / unit).toBeCloseTo(mean / unit, 4);
    expect(predictLinear(fitted, matrix)[4]! / unit).toBeCloseTo((mean + 2 * weight) / unit, 4);
  }
});
