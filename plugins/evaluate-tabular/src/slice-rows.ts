import { type Table, textOf } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";
import { sliceColumn } from "./read-inputs.ts";

/** Rows that share a value. */
export interface RowSlice {
  name: string;
  /** `null` where the value is missing. */
  value: string;
  rows: Int32Array;
}

export interface RowSlices {
  slices: RowSlice[];
  /** By name: how many values got no slice, because they are small or too many. */
  leftOut: Record<string, number>;
}

/** A report holds no more. */
const MAX_SLICES = 500;

/** Cuts the rows by every slice parameter; the larger slices come first. */
export function sliceRows(table: Table, parameters: Pick<Parameters, "slices" | "minSliceRows">): RowSlices {
  const result: RowSlices = { slices: [], leftOut: {} };
  for (const slice of parameters.slices) {
    const groups = groupsOf(table, sliceColumn(slice)).map((group) => ({ name: slice.name, ...group }));
    const large = groups.filter(({ rows }) => rows.length >= parameters.minSliceRows);
    const kept = large.slice(0, Math.min(slice.maxValues, MAX_SLICES - result.slices.length));
    result.slices.push(...kept);
    if (kept.length < groups.length) result.leftOut[slice.name] = groups.length - kept.length;
  }
  return result;
}

function groupsOf(table: Table, column: string): Omit<RowSlice, "name">[] {
  const { codes, dictionary } = textOf(table, column);
  const rows: number[][] = Array.from({ length: dictionary.length + 1 }, () => []);
  for (const [row, code] of codes.entries()) rows[code + 1]!.push(row);
  const groups = rows.map((group, index) => ({ value: dictionary[index - 1] ?? "null", rows: Int32Array.from(group) }));
  const filled = groups.filter((group) => group.rows.length > 0);
  return filled.toSorted((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
}
