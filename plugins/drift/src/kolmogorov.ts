import { countUpTo, forEachValue } from "./cells.ts";
import type { NumericSample } from "./samples.ts";
import { logFactorial } from "./special-functions.ts";

/** Up to so many pairs of rows the p-value is exact. */
export const EXACT_PAIRS = 1_000_000;
/** Above, the law of one sample of so many rows is the limit law with its first corrections. */
const LARGE = 500;

/** The greatest distance between two distribution functions, as a whole number of steps of 1 / (n m), and where it can be. */
export interface KolmogorovSmirnov {
  readonly statistic: number;
  /** statistic × n × m: whole, so that comparing it needs no tolerance. */
  readonly steps: number;
}

/** The two-sample statistic of Kolmogorov and Smirnov, two-sided, of two samples that are not empty. */
export function kolmogorovSmirnov(reference: NumericSample, current: NumericSample): KolmogorovSmirnov {
  const [a, b] = [reference.sorted, current.sorted];
  const [n, m] = [a.length, b.length];
  const marks = marksOf(a, b);
  let steps = 0;
  for (const [i, j] of marks) steps = Math.max(steps, Math.abs(i * m - j * n));
  // Between two marks the distance cannot be greater than this, and there are few where it could be the greatest of all.
  for (const [at, [endI, endJ]] of marks.entries()) {
    const [i, j] = marks[at - 1] ?? [0, 0];
    if (Math.max(endI * m - j * n, endJ * n - i * m) > steps) {
      steps = Math.max(steps, greatestSteps(a, b, [i, j], [endI, endJ]));
    }
  }
  return { statistic: steps / (n * m), steps };
}

/** So many rows of the reference are passed at a time. */
const STRIDE = 64;
/** How many rows of the reference and of the current sample are up to some number. */
type Mark = readonly [number, number];

function marksOf(reference: Float64Array, current: Float64Array): Mark[] {
  const marks: Mark[] = [];
  let i = 0;
  let j = 0;
  for (let at = STRIDE; at < reference.length; at += STRIDE) {
    if (at < i) continue;
    const value = reference[at]!;
    i = countUpTo(reference, value, at);
    j = countUpTo(current, value, j);
    marks.push([i, j]);
  }
  return [...marks, [reference.length, current.length]];
}

function greatestSteps(reference: Float64Array, current: Float64Array, start: Mark, end: Mark): number {
  let [i, j] = start;
  let steps = 0;
  while (i < end[0] || j < end[1]) {
    const value = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY);
    while (value === reference[i]) i++;
    while (value === current[j]) j++;
    steps = Math.max(steps, Math.abs(i * current.length - j * reference.length));
  }
  return steps;
}

/**
 * The probability, over all ways to part the rows of both samples, that the statistic is as great or greater: exact, ties included
 * (Schröer and Trenkler 1995; the recursion of R's psmirnov). Takes n × m steps.
 */
export function exactKsPValue(reference: NumericSample, current: NumericSample, { steps }: KolmogorovSmirnov): number {
  if (steps === 0) return 1;
  const n = reference.sorted.length;
  const m = current.sorted.length;
  const isEnd = valueEnds(reference.sorted, current.sorted);
  // reached[j]: of the ways to (i, j), the share of those that were out of bounds somewhere.
  const reached = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const isOut = isEnd[i + j] === 1 && Math.abs(i * m - j * n) >= steps;
      if (isOut) reached[j] = 1;
      else if (i + j === 0) reached[0] = 0;
      else reached[j] = ((i > 0 ? i * reached[j]! : 0) + (j > 0 ? j * reached[j - 1]! : 0)) / (i + j);
    }
  }
  return reached[m]!;
}

/** 1 where, so many rows of both samples passed in order, a number ends: only there do the distribution functions mean something. */
function valueEnds(reference: Float64Array, current: Float64Array): Uint8Array {
  const ends = new Uint8Array(reference.length + current.length + 1);
  let passed = 0;
  forEachValue(reference, current, (_, inReference, inCurrent) => {
    passed += inReference + inCurrent;
    ends[passed] = 1;
  });
  return ends;
}

/** As scipy.stats.ks_2samp, method asymp: the law of one sample of nm / (n + m) rows. With ties the true probability is smaller. */
export function asymptoticKsPValue(n: number, m: number, statistic: number): number {
  return oneSampleTail(Math.max(1, Math.round((n * m) / (n + m))), statistic);
}

/** The probability that the two-sided one-sample statistic of `n` rows is `statistic` or more. */
export function oneSampleTail(n: number, statistic: number): number {
  if (statistic <= 0) return 1;
  if (statistic >= 1) return 0;
  if (n > LARGE) return limitTail(n, statistic);
  // Far out, both sides at once are impossible or as good as that: the bounds of Simard and L'Ecuyer, which scipy has.
  if (statistic > 0.5 || n * statistic * statistic > (n > 140 ? 2.2 : 4))
    return Math.min(1, 2 * oneSidedTail(n, statistic));
  return Math.min(1, Math.max(0, 1 - marsaglia(n, statistic)));
}

/** Kolmogorov's limit with Vrbik's corrections ("Small-Sample Corrections to Kolmogorov–Smirnov Test Statistic", 2018). */
function limitTail(n: number, statistic: number): number {
  const scaled = Math.sqrt(n) * statistic;
  const x = scaled + 1 / (6 * Math.sqrt(n)) + (scaled - 1) / (4 * n);
  if (x < 0.2) return 1;
  let total = 0;
  for (let k = 1; k <= 20; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, total));
}

/** One side only, exactly (Birnbaum and Tingey 1951). */
function oneSidedTail(n: number, statistic: number): number {
  let total = 0;
  for (let j = 0; j < n * (1 - statistic); j++) {
    const choose = logFactorial(n) - logFactorial(j) - logFactorial(n - j);
    const up = (j - 1) * Math.log(statistic + j / n);
    total += Math.exp(choose + up + (n - j) * Math.log(1 - statistic - j / n));
  }
  return statistic * total;
}

/** The probability that the statistic is smaller, exactly (Marsaglia, Tsang and Wang, J. Stat. Soft. 8(18), 2003). */
function marsaglia(n: number, statistic: number): number {
  const k = Math.floor(n * statistic) + 1;
  const size = 2 * k - 1;
  const power = matrixPower(stepMatrix(size, k - n * statistic), size, n);
  const middle = power.values[(k - 1) * size + k - 1]!;
  return Math.exp(Math.log(middle) + power.exponent * Math.LN10 + logFactorial(n) - n * Math.log(n));
}

function stepMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size && j <= i + 1; j++) matrix[i * size + j] = 1;
  }
  for (let i = 0; i < size; i++) {
    matrix[i * size]! -= h ** (i + 1);
    matrix[(size - 1) * size + i]! -= h ** (size - i);
  }
  if (2 * h > 1) matrix[(size - 1) * size]! += (2 * h - 1) ** size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j]! /= Math.exp(logFactorial(i - j + 1));
  }
  return matrix;
}

interface Scaled {
  readonly values: Float64Array;
  /** Times ten to this. */
  readonly exponent: number;
}

function matrixPower(matrix: Float64Array, size: number, power: number): Scaled {
  if (power === 1) return { values: matrix, exponent: 0 };
  const half = matrixPower(matrix, size, Math.floor(power / 2));
  const squared = { values: multiply(half.values, half.values, size), exponent: 2 * half.exponent };
  const whole = power % 2 === 0 ? squared : { ...squared, values: multiply(squared.values, matrix, size) };
  const middle = whole.values[((size - 1) / 2) * (size + 1)]!;
  if (middle < 1e140) return whole;
  return { values: whole.values.map((value) => value * 1e-140), exponent: whole.exponent + 140 };
}

function multiply(left: Float64Array, right: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = left[i * size + k]!;
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * right[k * size + j]!;
    }
  }
  return product;
}
