import type { ModelSignature } from "@clew/plugin-sdk";
import { fits, isWholeType } from "../read-table.ts";
import { type Table, textOf } from "../table.ts";
import type { ColumnKind, DataSchema } from "./data-schema.ts";
import { type InferredFrom, Inference, inferSchema } from "./infer-schema.ts";

/** A range is what was seen and no more; as a new extreme is no fault, what lies outside a domain is a warning. */
const OPTIONS = Inference.parse({ rangeMargin: 0 });
/** A column with more distinct values has no list of them. */
const MAX_VALUES = 1000;

interface SeenColumn {
  name: string;
  type: ColumnKind;
  present: number;
  min: number;
  max: number;
  /** Of a category; null where it is none, or there are too many. */
  values: Set<string> | null;
}

/** What the rows that a model learns from are like, of the columns that it takes; gathered from the tables that training reads anyway. */
export class SeenRows {
  readonly #columns: readonly SeenColumn[];
  #rows = 0;

  constructor(inputs: ModelSignature["inputs"]) {
    this.#columns = inputs.map(({ name, type }) => {
      return { name, type: kindOf(type), present: 0, min: Infinity, max: -Infinity, values: new Set() };
    });
  }

  add(table: Table): void {
    this.#rows += table.rows;
    for (const column of this.#columns) addTo(column, table);
  }

  /** What later rows can be held to: of numbers their range, of categories their values where they are few, and where a value always stood. */
  schema(): DataSchema {
    const found = { rows: this.#rows, duplicates: null, columns: this.#columns.map(inferredFrom) };
    const { columns, ...rest } = inferSchema(found, OPTIONS);
    const { minDomainMass } = OPTIONS;
    return { ...rest, columns: columns.map((column) => ({ ...column, minDomainMass })) };
  }
}

/** What is neither number nor truth is asked for as text, in the form in which it was a category. */
function kindOf(type: string): ColumnKind {
  if (isWholeType(type)) return "INT";
  if (type === "BOOLEAN") return "BOOL";
  return fits("number", type) ? "FLOAT" : "STRING";
}

function addTo(column: SeenColumn, table: Table): void {
  const dictionary = table.texts.get(column.name)?.dictionary;
  if (dictionary === undefined) column.values = null;
  for (const text of dictionary ?? []) column.values?.add(text);
  if ((column.values?.size ?? 0) > MAX_VALUES) column.values = null;
  const values = numbersIn(column, table);
  let { present, min, max } = column;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    present += 1;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  Object.assign(column, { present, min, max });
}

/** NaN where a value is missing; of text, 0 where one is there. */
function numbersIn({ name, type }: SeenColumn, table: Table): Float64Array {
  const numbers = table.numbers.get(name);
  if (numbers !== undefined) return numbers;
  const { codes, dictionary } = textOf(table, name);
  const isNumber = type === "INT" || type === "FLOAT";
  const parsed = dictionary.map((text) => (isNumber ? finite(Number(text)) : 0));
  const read = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) read[row] = parsed[codes[row]!] ?? Number.NaN;
  return read;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function inferredFrom({ name, type, present, min, max, values }: SeenColumn): InferredFrom {
  const listed = values === null ? null : [...values].map((value) => ({ value }));
  const range = present === 0 ? { min: null, max: null } : { min, max };
  // Both count as missing wherever a model's inputs are read.
  return { name, type, present, ...range, values: listed, nan: 0, infinite: 0 };
}
