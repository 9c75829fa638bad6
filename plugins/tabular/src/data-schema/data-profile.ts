import type { ColumnKind } from "./data-schema.ts";

/** What was found in a column, over the values that are of its type. */
export interface ColumnProfile {
  name: string;
  type: ColumnKind;
  /** Rows with a value, of the type or not. */
  present: number;
  /** Values that are not of the type. */
  misfits: number;
  nan: number;
  infinite: number;
  /** An estimate (HyperLogLog, about 5 % off). */
  distinct: number;
  /** Of finite numbers; of times, ISO 8601. */
  min: number | string | null;
  max: number | string | null;
  mean: number | null;
  /** With n - 1. */
  stdDev: number | null;
  /** Code points of strings. */
  minLength: number | null;
  maxLength: number | null;
  /** The most frequent first; null where there are too many, or the column is neither STRING nor BOOL. */
  values: { value: string; count: number }[] | null;
}

/** What was found in a table: what a schema is inferred from. */
export interface DataProfile {
  rows: number;
  /** Rows that repeat another one. */
  duplicates: number;
  columns: ColumnProfile[];
}
