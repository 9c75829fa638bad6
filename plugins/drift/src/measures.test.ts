import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactKsPValue, kolmogorovSmirnov } from "./kolmogorov.ts";
import { chiSquared, jensenShannonDistance, populationStability, wasserstein } from "./measures.ts";
import { numericSample } from "./samples.ts";

const sampleOf = (values: readonly number[]) => numericSample(Float64Array.from(values));
/** Whole numbers in a small range: ties. */
const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });
const counts = fc
  .array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 2, maxLength: 8 })
  .filter((cells) => cells.some(([a]) => a > 0) && cells.some(([, b]) => b > 0))
  .map((cells) => [Float64Array.from(cells, ([a]) => a), Float64Array.from(cells, ([, b]) => b)] as const);

const ks = (a: readonly number[], b: readonly number[]) => {
  const found = kolmogorovSmirnov(sampleOf(a), sampleOf(b));
  return { statistic: found.statistic, pValue: exactKsPValue(sampleOf(a), sampleOf(b), found) };
};

describe("Kolmogorov and Smirnov", () => {
  test("is symmetric, with a statistic and a probability from 0 to 1", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const { statistic, pValue } = ks(a, b);
        expect(statistic).toBeGreaterThanOrEqual(0);
        expect(statistic).toBeLessThanOrEqual(1);
        expect(pValue).toBeGreaterThan(0);
        expect(pValue).toBeLessThanOrEqual(1 + 1e-12);
        expect(ks(b, a).statistic).toBe(statistic);
        expect(ks(b, a).pValue).toBeCloseTo(pValue, 10);
      }),
    );
  });

  test("does not see a monotone map, nor the order of rows", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const map = (values: readonly number[]) => values.map((value) => Math.exp(value / 3)).toReversed();
        expect(ks(map(a), map(b))).toEqual(ks(a, b));
      }),
    );
  });
});

test("Kolmogorov's statistic skips only what cannot be the greatest distance", () => {
  const many = fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 500 });
  const share = (values: readonly number[], upTo: number) =>
    values.filter((value) => value <= upTo).length / values.length;
  fc.assert(
    fc.property(many, many, (a, b) => {
      const distances = Array.from({ length: 151 }, (_, upTo) => Math.abs(share(a, upTo) - share(b, upTo)));
      expect(kolmogorovSmirnov(sampleOf(a), sampleOf(b)).statistic).toBeCloseTo(Math.max(...distances), 12);
    }),
  );
});

describe("Wasserstein", () => {
  test("is symmetric, moves with a shift, and is normed against the unit", () => {
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 9 }), (a, b, factor) => {
        const { raw, normed } = wasserstein(sampleOf(a), sampleOf(b));
        expect(wasserstein(sampleOf(b), sampleOf(a)).raw).toBeCloseTo(raw, 9);
        const shifted = a.map((value) => value + factor);
        expect(wasserstein(sampleOf(a), sampleOf(shifted)).raw).toBeCloseTo(factor, 9);
        const scale = (values: readonly number[]) => sampleOf(values.map((value) => value * factor));
        const scaled = wasserstein(scale(a), scale(b)).normed;
        if (Number.isFinite(normed)) expect(scaled).toBeCloseTo(normed, 9);
        else expect(scaled).toBe(normed);
      }),
    );
  });

  test("holds near the ends of what a double holds", () => {
    const { normed } = wasserstein(sampleOf([-1e308, 0, 1e308]), sampleOf([-1e308, 1e308, 1.5e308]));
    expect(normed).toBeCloseTo(wasserstein(sampleOf([-1, 0, 1]), sampleOf([-1, 1, 1.5])).normed, 12);
  });
});

describe("measures over counts", () => {
  test("are symmetric, not negative, and 0 for the same shares", () => {
    fc.assert(
      fc.property(counts, ([a, b]) => {
        for (const measure of [chiSquared, populationStability, jensenShannonDistance]) {
          const value = measure(a, b);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(measure(b, a)).toBeCloseTo(value, 9);
          expect(
            measure(
              a,
              a.map((count) => count * 3),
            ),
          ).toBeCloseTo(0, 6);
        }
        expect(jensenShannonDistance(a, b)).toBeLessThanOrEqual(Math.sqrt(Math.LN2) + 1e-12);
      }),
    );
  });
});
