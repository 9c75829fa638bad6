import { PluginFailure } from "@clew/plugin-sdk";

/** Text as indexes into a dictionary, -1 where a value is missing. */
export interface TextColumn {
  codes: Int32Array;
  dictionary: string[];
}

/** Rows by column; a column that is read both as numbers and as text stands in both maps. */
export interface Table {
  rows: number;
  /** NaN where a value is missing. Booleans are 0 and 1, times are microseconds since 1970. */
  numbers: ReadonlyMap<string, Float64Array>;
  texts: ReadonlyMap<string, TextColumn>;
}

/** @throws {PluginFailure} BAD_INPUT where the column was not read as numbers. */
export function numbersOf(table: Table, column: string): Float64Array {
  return table.numbers.get(column) ?? missing(column);
}

/** @throws {PluginFailure} BAD_INPUT where the column was not read as text. */
export function textOf(table: Table, column: string): TextColumn {
  return table.texts.get(column) ?? missing(column);
}

function missing(column: string): never {
  throw new PluginFailure("BAD_INPUT", `column ${column} is missing`);
}

/** The rows at these indexes, in this order. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const numbers = [...table.numbers].map(([name, values]) => {
    return [name, take(values, rows, new Float64Array(rows.length))] as const;
  });
  const texts = [...table.texts].map(([name, { codes, dictionary }]) => {
    return [name, { codes: take(codes, rows, new Int32Array(rows.length)), dictionary }] as const;
  });
  return { rows: rows.length, numbers: new Map(numbers), texts: new Map(texts) };
}

/** A loop, because the `from` of typed arrays is ten times slower. */
function take<T extends Float64Array | Int32Array>(values: T, rows: Int32Array, taken: T): T {
  for (let index = 0; index < rows.length; index++) taken[index] = values[rows[index]!]!;
  return taken;
}
