import type { TextColumn } from "@clew/plugin-tabular";
import { sortNumbers } from "./sort-numbers.ts";

/** A feature's numbers in one sample. */
export interface NumericSample {
  readonly kind: "numeric";
  /** Finite, ascending. */
  readonly sorted: Float64Array;
  /** Rows without a number: null, NaN, ±infinity. */
  readonly missing: number;
}

/** A feature's categories in one sample. */
export interface CategoricalSample {
  readonly kind: "categorical";
  readonly counts: ReadonlyMap<string, number>;
  /** Rows without a category. */
  readonly missing: number;
}
export type FeatureSample = NumericSample | CategoricalSample;

/** Sorts a copy; NaN and infinities count as missing. */
export function numericSample(values: Float64Array): NumericSample {
  const finite = new Float64Array(values.length);
  let size = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isFinite(value)) finite[size++] = value;
  }
  return { kind: "numeric", sorted: sortNumbers(finite.subarray(0, size)), missing: values.length - size };
}

export function categoricalSample(values: Iterable<string | null>): CategoricalSample {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === null) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return { kind: "categorical", counts, missing };
}

/** The same of a column that was read as codes into a dictionary, -1 where a value is missing. */
export function codedSample({ codes, dictionary }: TextColumn): CategoricalSample {
  const byCode = new Float64Array(dictionary.length);
  let missing = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0) missing++;
    else byCode[code]!++;
  }
  const counts = new Map<string, number>();
  for (const [code, count] of byCode.entries()) if (count > 0) counts.set(dictionary[code]!, count);
  return { kind: "categorical", counts, missing };
}

/** How many rows have a value. */
export function presentCount(sample: FeatureSample): number {
  return sample.kind === "numeric" ? sample.sorted.length : sum(sample.counts.values());
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
