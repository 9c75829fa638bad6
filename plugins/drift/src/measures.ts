import { type Cells, forEachValue } from "./cells.ts";
import { type NumericSample, sum } from "./samples.ts";
import { chiSquaredTail } from "./special-functions.ts";

/** A share of nothing counts as this in PSI. */
export const PSI_FLOOR = 1e-4;

/** Pearson's statistic of the contingency table (sample × cell), without a correction for continuity. Cells that are empty in both count as none. */
export function chiSquared(reference: Float64Array, current: Float64Array): number {
  const inReference = sum(reference);
  const inCurrent = sum(current);
  let total = 0;
  for (let cell = 0; cell < reference.length; cell++) {
    const pooled = reference[cell]! + current[cell]!;
    if (pooled === 0) continue;
    const difference = current[cell]! / inCurrent - reference[cell]! / inReference;
    total += (difference * difference) / pooled;
  }
  return total * inReference * inCurrent;
}

export interface ChiSquaredTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/** The classical test of the contingency table, with Yates's correction for two cells: scipy.stats.chi2_contingency. */
export function chiSquaredContingency({ reference, current }: Cells): ChiSquaredTest {
  const degreesOfFreedom = usedCells(reference, current) - 1;
  if (degreesOfFreedom < 1) return { statistic: 0, degreesOfFreedom: 0, pValue: 1 };
  const statistic = degreesOfFreedom === 1 ? yates(reference, current) : chiSquared(reference, current);
  return { statistic, degreesOfFreedom, pValue: chiSquaredTail(statistic, degreesOfFreedom) };
}

function yates(reference: Float64Array, current: Float64Array): number {
  const inReference = sum(reference);
  const inCurrent = sum(current);
  const rows = inReference + inCurrent;
  let total = 0;
  for (let cell = 0; cell < reference.length; cell++) {
    const share = (reference[cell]! + current[cell]!) / rows;
    if (share === 0) continue;
    const off = Math.abs(current[cell]! - share * inCurrent);
    const corrected = off - Math.min(0.5, off);
    total += (corrected * corrected) / (share * inReference) + (corrected * corrected) / (share * inCurrent);
  }
  return total;
}

export function usedCells(reference: Float64Array, current: Float64Array): number {
  return reference.filter((count, cell) => count + current[cell]! > 0).length;
}

/** The population stability index: Σ (q − p) ln(q / p) over the cells, a share below 1e-4 counted as that. */
export function populationStability(reference: Float64Array, current: Float64Array): number {
  const inReference = sum(reference);
  const inCurrent = sum(current);
  let total = 0;
  for (let cell = 0; cell < reference.length; cell++) {
    const p = Math.max(reference[cell]! / inReference, PSI_FLOOR);
    const q = Math.max(current[cell]! / inCurrent, PSI_FLOOR);
    total += (q - p) * Math.log(q / p);
  }
  return total;
}

/** The square root of the Jensen–Shannon divergence, natural logarithm: 0 to √ln 2. */
export function jensenShannonDistance(reference: Float64Array, current: Float64Array): number {
  const inReference = sum(reference);
  const inCurrent = sum(current);
  let total = 0;
  for (let cell = 0; cell < reference.length; cell++) {
    const p = reference[cell]! / inReference;
    const q = current[cell]! / inCurrent;
    const mean = (p + q) / 2;
    if (p > 0) total += p * Math.log(p / mean);
    if (q > 0) total += q * Math.log(q / mean);
  }
  return Math.sqrt(Math.max(0, total / 2));
}

export interface Wasserstein {
  /** The area between the two distribution functions, in the feature's unit. */
  readonly raw: number;
  /** In population standard deviations of the reference; infinite where that is constant and the current is not the same. */
  readonly normed: number;
}

/** The first Wasserstein distance (earth mover's) of two samples that are not empty. */
export function wasserstein(reference: NumericSample, current: NumericSample): Wasserstein {
  const scale = Math.max(greatestSize(reference.sorted), greatestSize(current.sorted));
  if (scale === 0) return { raw: 0, normed: 0 };
  const area = areaBetween(reference.sorted, current.sorted, scale);
  const deviation = standardDeviation(reference.sorted, scale);
  return { raw: area * scale, normed: area === 0 ? 0 : area / deviation };
}

const greatestSize = (sorted: Float64Array) => Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!));

/** In units of `scale`, so that numbers near the ends of the range do not overflow. */
function areaBetween(reference: Float64Array, current: Float64Array, scale: number): number {
  let area = 0;
  let upToReference = 0;
  let upToCurrent = 0;
  let before = 0;
  forEachValue(reference, current, (value, inReference, inCurrent) => {
    const position = value / scale;
    area += Math.abs(upToReference / reference.length - upToCurrent / current.length) * (position - before);
    upToReference += inReference;
    upToCurrent += inCurrent;
    before = position;
  });
  return area;
}

function standardDeviation(sorted: Float64Array, scale: number): number {
  if (sorted[0] === sorted.at(-1)) return 0;
  let total = 0;
  for (let row = 0; row < sorted.length; row++) total += sorted[row]! / scale;
  const mean = total / sorted.length;
  let squares = 0;
  for (let row = 0; row < sorted.length; row++) squares += (sorted[row]! / scale - mean) ** 2;
  return Math.sqrt(squares / sorted.length);
}
