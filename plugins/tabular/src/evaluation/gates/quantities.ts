import { correlation, type Estimate, pairedError, standardError } from "./estimates.ts";
import { firstWhere, MAX_Z } from "./normal.ts";

/** A number that a rule bounds. */
export interface Quantity {
  value: number;
  /** Its limits so many standard errors away, 1.96 for 95 %; NaN where the resamples do not say. */
  limits: (z: number) => [low: number, high: number];
  /** What is above 0 where this is above the bound, where that has limits that are sooner had. */
  less?: (bound: number) => Quantity;
}

/**
 * A metric itself. Between 0 and 1 the limits are Wilson's (1927), for as many rows as would have the standard error that the resamples have; above 0
 * they are symmetric for the logarithm; else for the number. Without an error among the rows, the limits are those of so many rows.
 */
export function metricQuantity(estimate: Estimate): Quantity {
  const error = standardError(estimate);
  return { value: estimate.value, limits: (z) => metricLimits(estimate, error, z) };
}

function metricLimits({ value, scale, support }: Estimate, error: number, z: number): [number, number] {
  if (Number.isNaN(error)) return [Number.NaN, Number.NaN];
  if (scale === "unit") return wilson(value, error, support, z);
  if (scale === "real") return [value - z * error, value + z * error];
  const factor = value > 0 ? Math.exp((z * error) / value) : 1;
  return [value / factor, value * factor];
}

function wilson(share: number, error: number, support: number, z: number): [number, number] {
  const spread = share * (1 - share);
  // What does not vary at all, and could, is a constant: a baseline that answers always the same.
  if (error === 0 && spread > 0) return [share, share];
  const rows = error > 0 && spread > 0 ? spread / error ** 2 : support;
  const pull = z ** 2 / rows;
  const middle = (share + pull / 2) / (1 + pull);
  const half = Math.sqrt((pull * spread + pull ** 2 / 4) / (1 + pull) ** 2);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** `a - b` of two models on the same rows: what both get wrong tells nothing of the difference, so its own standard error is taken. */
export function pairedDifference(a: Estimate, b: Estimate): Quantity {
  const [value, error] = [a.value - b.value, pairedError(a, b)];
  return { value, limits: (z) => [value - z * error, value + z * error] };
}

/**
 * `a - factor * b` of different rows, with limits made of those of both and their correlation over the resamples (Zou 2007, method of variance estimates recovery): for
 * rates of independent groups this is Newcombe's hybrid score interval.
 */
export function differenceOf(a: Estimate, b: Estimate, factor = 1): Quantity {
  const limitsOf = pairLimits(a, b);
  return { value: a.value - factor * b.value, limits: (z) => limitsOf(z, factor) };
}

/** `a / b`: its limits are the factors between which `a - factor * b` is not told from 0. */
export function ratioOf(a: Estimate, b: Estimate): Quantity {
  const limitsOf = pairLimits(a, b);
  const limits = (z: number): [number, number] => {
    if (Number.isNaN(limitsOf(z, 0)[0])) return [Number.NaN, Number.NaN];
    return [factorWhere((factor) => limitsOf(z, factor)[0] <= 0), factorWhere((factor) => limitsOf(z, factor)[1] < 0)];
  };
  const less = (bound: number): Quantity => {
    return { value: a.value - bound * b.value, limits: (z) => limitsOf(z, bound) };
  };
  return { value: a.value / b.value, limits, less };
}

/** From 0 to Infinity. */
function factorWhere(holds: (factor: number) => boolean): number {
  const share = firstWhere(0, 1, (at) => at < 1 && holds(at / (1 - at)));
  return share === 1 ? Number.POSITIVE_INFINITY : share / (1 - share);
}

function pairLimits(a: Estimate, b: Estimate): (z: number, factor: number) => [number, number] {
  const [first, second] = [metricQuantity(a), metricQuantity(b)];
  const together = correlation(a, b);
  return (z, factor) => {
    const [lowA, highA] = first.limits(z);
    const [lowB, highB] = second.limits(z).map((limit) => limit * factor) as [number, number];
    const difference = first.value - factor * second.value;
    const below = distanceOf(first.value - lowA, highB - factor * second.value, together);
    const above = distanceOf(highA - first.value, factor * second.value - lowB, together);
    return [difference - below, difference + above];
  };
}

function distanceOf(a: number, b: number, together: number): number {
  return Math.sqrt(Math.max(0, a ** 2 + b ** 2 - 2 * together * a * b));
}

/** How many standard errors the value lies above a bound, negative where below; NaN where it has no limits. */
export function distanceAbove({ value, limits, less }: Quantity, bound: number): number {
  if (less !== undefined) return distanceAbove(less(bound), 0);
  if (Number.isNaN(limits(1)[0])) return Number.NaN;
  if (Number.isNaN(value) || value === bound) return 0;
  if (value > bound) return firstWhere(0, MAX_Z, (z) => limits(z)[0] <= bound);
  return -firstWhere(0, MAX_Z, (z) => limits(z)[1] >= bound);
}
