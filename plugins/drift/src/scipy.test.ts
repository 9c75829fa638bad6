import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { adjustedPValues } from "./false-discovery.ts";
import { hypergeometricProbability } from "./hypergeometric.ts";
import { exactKsPValue, kolmogorovSmirnov, oneSampleTail } from "./kolmogorov.ts";
import { chiSquared, chiSquaredContingency, wasserstein } from "./measures.ts";
import { countPValue } from "./null-laws.ts";
import { numericSample } from "./samples.ts";
import { chiSquaredTail } from "./special-functions.ts";

interface Pair {
  readonly reference: number[];
  readonly current: number[];
  readonly ksExact: number;
}
interface Golden {
  readonly twoSamples: readonly (Pair & { readonly wasserstein: number })[];
  readonly ties: readonly Pair[];
  readonly oneSampleLaws: readonly { n: number; distance: number; tail: number; digits: number }[];
  readonly tables: readonly { counts: [number[], number[]]; statistic: number; pValue: number }[];
  readonly chiSquaredTails: readonly { x: number; degrees: number; tail: number }[];
  readonly twoCells: readonly {
    total: number;
    cell: number;
    drawn: number;
    hits: number;
    pmf: number;
    pValue: number;
  }[];
  readonly falseDiscovery: { readonly pValues: number[]; readonly bh: number[]; readonly by: number[] };
}

/** What scipy says (test/make_scipy_golden.py tells how it was asked). */
const golden = JSON.parse(readFileSync(new URL("../test/scipy-golden.json", import.meta.url), "utf8")) as Golden;

function expectDigits(actual: number, expected: number, digits: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(10 ** -digits);
}
const sampleOf = (values: readonly number[]) => numericSample(Float64Array.from(values));

test.each(golden.twoSamples)("two samples", (pair) => {
  const [reference, current] = [sampleOf(pair.reference), sampleOf(pair.current)];
  expectDigits(exactKsPValue(reference, current, kolmogorovSmirnov(reference, current)), pair.ksExact, 9);
  expectDigits(wasserstein(reference, current).raw, pair.wasserstein, 9);
});

test.each(golden.ties)("the exact law of Kolmogorov and Smirnov with ties", (pair) => {
  const [reference, current] = [sampleOf(pair.reference), sampleOf(pair.current)];
  expectDigits(exactKsPValue(reference, current, kolmogorovSmirnov(reference, current)), pair.ksExact, 9);
});

test.each(golden.oneSampleLaws)("the one-sample law, $n rows at $distance", ({ n, distance, tail, digits }) => {
  expectDigits(oneSampleTail(n, distance), tail, digits);
});

test.each(golden.tables)("contingency tables", ({ counts, statistic, pValue }) => {
  const cells = { reference: Float64Array.from(counts[0]), current: Float64Array.from(counts[1]) };
  const found = chiSquaredContingency(cells);
  expectDigits(found.statistic, statistic, 9);
  expectDigits(found.pValue, pValue, 9);
});

test.each(golden.chiSquaredTails)("chi-squared $x with $degrees degrees of freedom", ({ x, degrees, tail }) => {
  expectDigits(chiSquaredTail(x, degrees), tail, 9);
});

describe.each(golden.twoCells)("two cells, $hits of $drawn", ({ total, cell, drawn, hits, pmf, pValue }) => {
  test("the hypergeometric probability", () => {
    expectDigits(hypergeometricProbability({ total, cell, drawn }, hits), pmf, 9);
  });

  test("the p-value over all tables", () => {
    const current = Float64Array.of(hits, drawn - hits);
    const reference = Float64Array.of(cell - hits, total - cell - drawn + hits);
    const simulation = { random: () => Number.NaN, draws: 0 };
    expectDigits(countPValue({ reference, current }, chiSquared, (value) => value, simulation).pValue, pValue, 9);
  });
});

test("the false discovery rate, by Benjamini and Hochberg, and by Yekutieli", () => {
  const tests = golden.falseDiscovery.pValues.map((pValue) => ({ pValue, weight: 1 }));
  for (const [correction, expected] of [
    ["BENJAMINI_HOCHBERG", golden.falseDiscovery.bh],
    ["BENJAMINI_YEKUTIELI", golden.falseDiscovery.by],
  ] as const) {
    const adjusted = adjustedPValues(tests, correction);
    for (const [index, value] of expected.entries()) expectDigits(adjusted[index] ?? Number.NaN, value, 9);
  }
});
