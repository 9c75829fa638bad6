import { PluginFailure } from "@clew/plugin-sdk";
import { type Table, type TextColumn, textOf } from "../table.ts";
import type { Cross, Slices } from "./slice-parameters.ts";

/** Rows that share a value, or a combination of values. */
export interface RowSlice {
  /** Of the slice or the cross among the parameters. */
  name: string;
  /** `null` where the value is missing; the values of a cross stand between ×. */
  value: string;
  /** Value by the name of each slice. */
  where: Record<string, string>;
  rows: Int32Array;
}

export interface RowSlices {
  slices: RowSlice[];
  /** By name: how many values got no slice, because they are small or too many. */
  leftOut: Record<string, number>;
}

/** What rows are cut by. */
export interface Cut {
  readonly slices: readonly Pick<Slices, "name" | "maxValues">[];
  readonly crosses: readonly Cross[];
  readonly minSliceRows: number;
}

/** A report holds no more. */
export const MAX_SLICES = 500;

/** The column of the table that holds a slice's values. */
export function sliceColumn({ name }: Pick<Slices, "name">): string {
  return `slice ${name}`;
}

/**
 * Cuts the rows by every slice and every cross of the parameters; the larger slices come first.
 * @throws {PluginFailure} BAD_PARAMETERS where a cross is of no slice, or two have the same name.
 */
export function sliceRows(table: Table, parameters: Cut): RowSlices {
  const result: RowSlices = { slices: [], leftOut: {} };
  for (const { name, of, maxValues, minRows } of cutsIn(parameters)) {
    const groups = groupsOf(table, of).map((group) => ({ name, ...group }));
    const large = groups.filter(({ rows }) => rows.length >= minRows);
    const kept = large.slice(0, Math.min(maxValues, MAX_SLICES - result.slices.length));
    result.slices.push(...kept);
    if (kept.length < groups.length) result.leftOut[name] = groups.length - kept.length;
  }
  return result;
}

/** Slices and crosses alike. */
export function cutsIn({ slices, crosses, minSliceRows }: Cut) {
  const names = slices.map(({ name }) => name);
  const single = slices.map(({ name, maxValues }) => ({ name, of: [name], maxValues, minRows: minSliceRows }));
  const crossed = crosses.map((cross) => ({ ...cross, minRows: cross.minRows ?? minSliceRows }));
  for (const { name, of } of crossed) {
    const unknown = of.find((part) => !names.includes(part));
    if (unknown !== undefined) throw new PluginFailure("BAD_PARAMETERS", `the cross ${name} is of no slice ${unknown}`);
    if (names.includes(name)) throw new PluginFailure("BAD_PARAMETERS", `two slices or crosses are called ${name}`);
    names.push(name);
  }
  return [...single, ...crossed];
}

function groupsOf(table: Table, names: readonly string[]): Omit<RowSlice, "name">[] {
  const columns = names.map((name) => textOf(table, sliceColumn({ name })));
  const groups = rowsByGroup(groupNumbers(columns)).map((rows) => {
    const values = columns.map(({ codes, dictionary }) => dictionary[codes[rows[0]!]!] ?? "null");
    const where = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    return { value: values.join(" × "), where, rows: Int32Array.from(rows) };
  });
  return groups.toSorted((a, b) => b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
}

/** A number for each row, the same for rows that have the same values in all columns; from 0 on, without gaps. */
function groupNumbers(columns: readonly TextColumn[]): Int32Array {
  const numbers = new Int32Array(columns[0]!.codes.length);
  for (const { codes, dictionary } of columns) {
    const seen = new Map<number, number>();
    for (let row = 0; row < numbers.length; row++) {
      const pair = numbers[row]! * (dictionary.length + 1) + codes[row]! + 1;
      const number = seen.get(pair) ?? seen.size;
      seen.set(pair, number);
      numbers[row] = number;
    }
  }
  return numbers;
}

function rowsByGroup(numbers: Int32Array): number[][] {
  const groups: number[][] = [];
  for (const [row, number] of numbers.entries()) (groups[number] ??= []).push(row);
  return groups;
}
