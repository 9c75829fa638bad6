import type { DriftOptions } from "./options.ts";

/** A test among several: the more weight, the less it takes. Weights have mean 1. */
export interface WeightedTest {
  readonly pValue: number;
  readonly weight: number;
}

/**
 * P-values adjusted for the false discovery rate: what is at most alpha is a discovery (Benjamini and Hochberg 1995, or Yekutieli 2001
 * for any dependence; with weights Genovese, Roeder and Wasserman 2006).
 */
export function adjustedPValues(tests: readonly WeightedTest[], correction: DriftOptions["correction"]): number[] {
  const count = tests.length;
  const factor = correction === "BENJAMINI_YEKUTIELI" ? harmonic(count) : 1;
  const order = tests
    .map(({ pValue, weight }, index) => ({ index, weighted: pValue / weight }))
    .toSorted((a, b) => b.weighted - a.weighted);
  const adjusted = Array.from<number>({ length: count });
  let least = 1;
  for (const [fromTop, { index, weighted }] of order.entries()) {
    least = Math.min(least, (weighted * count * factor) / (count - fromTop));
    adjusted[index] = least;
  }
  return adjusted;
}

function harmonic(count: number): number {
  let total = 0;
  for (let n = 1; n <= count; n++) total += 1 / n;
  return total;
}
