import { expect, test } from "vitest";
import { readGolden } from "../../../test/evaluation/read-golden.ts";
import { adjustedPValues } from "./corrections.ts";
import { Estimate } from "./estimates.ts";
import { normalCdf, studentCdf, upperQuantile } from "./normal.ts";
import { differenceOf, distanceAbove, metricQuantity, pairedDifference, ratioOf } from "./quantities.ts";

const golden = readGolden();
const Z95 = upperQuantile(0.025, Number.POSITIVE_INFINITY);

/** A rate with the standard error that it has among so many rows; the two signs make two rates uncorrelated. */
function rate(successes: number, rows: number, signs = [1, -1, 1, -1]): Estimate {
  const share = successes / rows;
  return estimate(share, Math.sqrt((share * (1 - share)) / rows), rows, signs);
}

function estimate(value: number, error: number, support: number, signs = [1, -1, 1, -1]): Estimate {
  const made = new Estimate("accuracy", value, { rows: support, support }, 4);
  for (const [at, sign] of signs.entries()) made.draws[at] = value + sign * error * Math.sqrt(3 / 4);
  return made;
}

test("the normal distribution and its quantiles are scipy's, Student's nearly", () => {
  for (const [z, share] of golden.normal_cdf) expect(normalCdf(z) / share).toBeCloseTo(1, 7);
  for (const [share, z] of golden.normal_upper)
    expect(upperQuantile(share, Number.POSITIVE_INFINITY)).toBeCloseTo(z, 9);
  for (const [t, freedom, share] of golden.student_cdf)
    expect(Math.abs(studentCdf(t, freedom) / share - 1)).toBeLessThan(0.1);
});

test.each(["HOLM", "BENJAMINI_HOCHBERG"] as const)(
  "%s adjusts as statsmodels and scipy do, in any order",
  (correction) => {
    const adjusted = adjustedPValues(golden.p_values, correction);
    for (const [at, expected] of golden[correction].entries()) expect(adjusted[at]).toBeCloseTo(expected, 12);
    expect(adjustedPValues(golden.p_values.toReversed(), correction)).toEqual(adjusted.toReversed());
    expect(adjustedPValues([], correction)).toEqual([]);
  },
);

test.each(golden.wilson)("the limits of a rate of %i in %i rows are Wilson's", (successes, rows, low, high) => {
  const limits = metricQuantity(rate(successes, rows)).limits(Z95);
  expect(limits[0]).toBeCloseTo(low, 9);
  expect(limits[1]).toBeCloseTo(high, 9);
});

test.each(golden.newcombe)("the limits of %i of %i less %i of %i are Newcombe's", (a, rowsA, b, rowsB, low, high) => {
  const limits = differenceOf(rate(a, rowsA), rate(b, rowsB, [1, 1, -1, -1])).limits(Z95);
  expect(limits[0]).toBeCloseTo(low, 9);
  expect(limits[1]).toBeCloseTo(high, 9);
});

test("a ratio's limits are where the difference with that factor reaches 0, and open where the divisor may be 0", () => {
  const [a, b] = [rate(30, 100), rate(60, 100, [1, 1, -1, -1])];
  const [low, high] = ratioOf(a, b).limits(Z95);
  expect(differenceOf(a, b, low).limits(Z95)[0]).toBeCloseTo(0, 9);
  expect(differenceOf(a, b, high).limits(Z95)[1]).toBeCloseTo(0, 9);
  expect(low).toBeLessThan(0.5);
  expect(high).toBeGreaterThan(0.5);
  expect(ratioOf(a, rate(0, 40, [1, 1, -1, -1])).limits(Z95)[1]).toBe(Number.POSITIVE_INFINITY);
});

test("what goes together is told apart better, and what is the same not at all", () => {
  const [a, b] = [rate(55, 100), rate(50, 100)];
  const apart = differenceOf(a, rate(50, 100, [1, 1, -1, -1])).limits(Z95);
  const along = differenceOf(a, b).limits(Z95);
  expect(along[1] - along[0]).toBeLessThan((apart[1] - apart[0]) / 5);
  const [low, high] = pairedDifference(a, rate(50, 100, [1, 1, -1, -1])).limits(Z95);
  expect(high - low).toBeCloseTo(2 * Z95 * Math.hypot(Math.sqrt(0.55 * 0.45) / 10, 0.05), 9);
  expect(pairedDifference(a, a).limits(Z95)).toEqual([0, 0]);
});

test("a constant has no width; a rate that all its rows share has", () => {
  expect(metricQuantity(estimate(0.5, 0, 50)).limits(Z95)).toEqual([0.5, 0.5]);
  expect(metricQuantity(estimate(1, 0, 50)).limits(Z95)[0]).toBeLessThan(0.95);
});

test("the distance to a limit is the z that the limit was made with; without resamples there is none", () => {
  const quantity = metricQuantity(rate(17, 40));
  const [low, high] = quantity.limits(Z95);
  expect(distanceAbove(quantity, low)).toBeCloseTo(Z95, 9);
  expect(distanceAbove(quantity, high)).toBeCloseTo(-Z95, 9);
  const unknown = new Estimate("accuracy", 0.5, { rows: 4, support: 4 }, 4);
  unknown.draws.fill(Number.NaN);
  expect(distanceAbove(metricQuantity(unknown), 0.4)).toBeNaN();
});
