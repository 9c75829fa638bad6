import type { CategoricalSample, NumericSample } from "./samples.ts";
import { sum } from "./samples.ts";

/** Two samples counted over the same cells. */
export interface Cells {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Cells in the order of the numbers that they hold. */
export interface OrderedCells extends Cells {
  /** Where each cell lies on the axis: the middle between its least and its greatest number. */
  readonly positions: Float64Array;
}

/** So many categories are told apart: the others share a cell. */
export const MAX_CATEGORIES = 100;

/** A cell for each category of either sample, the most frequent ones first; the rare ones of very many share the last. */
export function categoryCells(reference: CategoricalSample, current: CategoricalSample): Cells {
  const names = new Set([...reference.counts.keys(), ...current.counts.keys()]);
  const rows = [...names].map((name) => {
    const pair = [reference.counts.get(name) ?? 0, current.counts.get(name) ?? 0] as const;
    return { name, pair, total: pair[0] + pair[1] };
  });
  rows.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  const own = rows.length > MAX_CATEGORIES ? MAX_CATEGORIES - 1 : rows.length;
  const count = (sample: 0 | 1) => {
    const counts = rows.slice(0, own).map(({ pair }) => pair[sample]);
    const rest = sum(rows.slice(own).map(({ pair }) => pair[sample]));
    return Float64Array.from(rows.length > own ? [...counts, rest] : counts);
  };
  return { reference: count(0), current: count(1) };
}

/** Calls `visit` once for each distinct number of two sorted arrays, ascending, with how often it stands in each. */
export function forEachValue(
  reference: Float64Array,
  current: Float64Array,
  visit: (value: number, inReference: number, inCurrent: number) => void,
): void {
  let i = 0;
  let j = 0;
  while (i < reference.length || j < current.length) {
    const left = i < reference.length ? reference[i]! : Number.POSITIVE_INFINITY;
    const right = j < current.length ? current[j]! : Number.POSITIVE_INFINITY;
    const value = left < right ? left : right;
    const fromI = i;
    const fromJ = j;
    while (i < reference.length && value === reference[i]) i++;
    while (j < current.length && value === current[j]) j++;
    visit(value, i - fromI, j - fromJ);
  }
}

/**
 * At most `most` cells of about the same number of rows of both samples together, equal numbers in one cell; where there are
 * no more distinct numbers than that, a cell for each. Which rows belong to which sample plays no part in where the cells end.
 */
export function pooledCells(reference: NumericSample, current: NumericSample, most: number): OrderedCells {
  return distinctCells(reference, current, most) ?? quantileCells(reference, current, most);
}

/** A cell for each distinct number; null where there are more than `most`. */
export function distinctCells(reference: NumericSample, current: NumericSample, most: number): OrderedCells | null {
  const positions = distinctNumbers([reference.sorted, current.sorted], most);
  if (positions === null) return null;
  const cuts = Array.from(positions.slice(0, -1), (value) => ({ value, isInclusive: true }));
  return { ...cutCells(reference, current, cuts), positions };
}

/** Jumps from number to number, so that few numbers in many rows are found at once. */
function distinctNumbers(samples: readonly Float64Array[], most: number): Float64Array | null {
  const found: number[] = [];
  const at = samples.map(() => 0);
  for (;;) {
    const value = Math.min(...samples.map((sorted, n) => sorted[at[n]!] ?? Number.POSITIVE_INFINITY));
    if (value === Number.POSITIVE_INFINITY) return Float64Array.from(found);
    if (found.length === most) return null;
    found.push(value);
    for (const [n, sorted] of samples.entries()) at[n] = countUpTo(sorted, value, at[n]);
  }
}

function quantileCells(reference: NumericSample, current: NumericSample, most: number): OrderedCells {
  const target = (reference.sorted.length + current.sorted.length) / most;
  const counts: [number[], number[]] = [[], []];
  const positions: number[] = [];
  let cell = { first: Number.NaN, reference: 0, current: 0 };
  let done = 0;
  const close = (last: number) => {
    counts[0].push(cell.reference);
    counts[1].push(cell.current);
    positions.push(cell.first / 2 + last / 2);
    cell = { first: Number.NaN, reference: 0, current: 0 };
  };
  let last = Number.NaN;
  forEachValue(reference.sorted, current.sorted, (value, inReference, inCurrent) => {
    if (Number.isNaN(cell.first)) cell.first = value;
    cell.reference += inReference;
    cell.current += inCurrent;
    done += inReference + inCurrent;
    last = value;
    if (done >= (positions.length + 1) * target) close(value);
  });
  if (!Number.isNaN(cell.first)) close(last);
  return {
    reference: Float64Array.from(counts[0]),
    current: Float64Array.from(counts[1]),
    positions: Float64Array.from(positions),
  };
}

/** Where one bin ends: with the numbers up to `value`, that itself included or not. */
export interface Cut {
  readonly value: number;
  readonly isInclusive: boolean;
}

/** Bins between ascending cuts. */
export function cutCells(reference: NumericSample, current: NumericSample, cuts: readonly Cut[]): Cells {
  const count = ({ sorted }: NumericSample) => {
    const below = [...cuts.map(({ value, isInclusive }) => countBelow(sorted, value, isInclusive)), sorted.length];
    return Float64Array.from(below, (upTo, bin) => upTo - (below[bin - 1] ?? 0));
  };
  return { reference: count(reference), current: count(current) };
}

/** How many numbers are at most `value`, where the first `from` are. */
export function countUpTo(sorted: Float64Array, value: number, from = 0): number {
  return countBelow(sorted, value, true, from);
}

function countBelow(sorted: Float64Array, value: number, isInclusive: boolean, from = 0): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle]!;
    if (at < value || (isInclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The deciles of the reference (linear interpolation, as numpy.quantile), each the last number of its bin. A number that several deciles
 * fall on, the least and the greatest included, gets a bin of its own, so that nothing moves away from it unseen.
 */
export function decileCuts({ sorted }: NumericSample): readonly Cut[] {
  const deciles = Array.from({ length: 11 }, (_, n) => quantile(sorted, n / 10));
  const cuts: Cut[] = [];
  for (const [n, value] of deciles.entries()) {
    if (value === deciles[n - 1]) continue;
    const isRepeated = value === deciles[n + 1];
    if (isRepeated) cuts.push({ value, isInclusive: false });
    if (isRepeated || (n > 0 && n < 10)) cuts.push({ value, isInclusive: true });
  }
  return cuts;
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  const part = at - Math.floor(at);
  return low === high ? low : low * (1 - part) + high * part;
}

/** Bins of equal width over both samples, ⌈log₂ rows + 1⌉ of them (Sturges), as numpy.histogram_bin_edges of both together. */
export function sturgesCuts(reference: NumericSample, current: NumericSample): readonly Cut[] {
  const least = Math.min(reference.sorted[0]!, current.sorted[0]!);
  const greatest = Math.max(reference.sorted.at(-1)!, current.sorted.at(-1)!);
  if (least === greatest) return [];
  const bins = Math.ceil(Math.log2(reference.sorted.length + current.sorted.length) + 1);
  return Array.from({ length: bins - 1 }, (_, n) => {
    const part = (n + 1) / bins;
    return { value: least * (1 - part) + greatest * part, isInclusive: false };
  });
}
