import { DuckDBListValue, type DuckDBValue } from "@duckdb/node-api";
import { type Batch, isValueOf, type InputSpec, type RowCheck, type Value } from "@clew/plugin-models";

/** Rows as a model takes them, and why some of them cannot be asked. */
export interface RowBatch {
  readonly batch: Batch;
  /** Of each row; null where it can be. */
  readonly why: readonly (string | null)[];
}

/** @param columns of the model's inputs, in their order */
export function rowBatch(
  rows: number,
  columns: readonly (readonly DuckDBValue[])[],
  inputs: readonly InputSpec[],
  check: RowCheck | null,
): RowBatch {
  const tensors = inputs.map(({ name, width }, at) => [name, elements(columns[at]!, width)] as const);
  const batch: Batch = { rows, tensors: new Map(tensors) };
  const why = Array.from({ length: rows }, (_, row) => {
    const found = inputs.flatMap((spec, at) => misfit(tensors[at]![1], spec, row, columns[at]![row]!) ?? []);
    return [...found, ...broken(batch, check, row)].join("; ") || null;
  });
  return { batch, why };
}

/** Row by row; a list that is not there is as many missing elements. */
function elements(values: readonly DuckDBValue[], width: number): Value[] {
  if (width === 1) return values.map(toValue);
  return values.flatMap((value) => {
    if (!(value instanceof DuckDBListValue)) return Array<Value>(width).fill(null);
    return value.items.map(toValue);
  });
}

/** What is not finite is missing, as in a request. */
function toValue(value: DuckDBValue): Value {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

/** Why the model cannot take a cell. */
function misfit(values: readonly Value[], spec: InputSpec, row: number, cell: DuckDBValue): string | null {
  const { name, width, datatype, takesMissing } = spec;
  const isMissing = width > 1 && !(cell instanceof DuckDBListValue);
  if (isMissing) return `MISSING_VALUE ${name}`;
  for (let at = row * width; at < (row + 1) * width; at++) {
    const value = values[at]!;
    if (value === null && !takesMissing) return `MISSING_VALUE ${name}`;
    if (value !== null && !isValueOf(value, datatype)) return `OUT_OF_RANGE ${name}`;
  }
  return null;
}

function broken(batch: Batch, check: RowCheck | null, row: number): string[] {
  const errors = check?.(batch, row).filter(({ severity }) => severity === "ERROR") ?? [];
  return errors.map(({ type, column }) => `${type} ${column}`);
}

/** These rows alone. */
export function takeRows({ tensors }: Batch, inputs: readonly InputSpec[], rows: readonly number[]): Batch {
  const taken = inputs.map(({ name, width }) => {
    const values = tensors.get(name)!;
    const own = width === 1 ? rows.map((row) => values[row]!) : rows.flatMap((row) => slice(values, row, width));
    return [name, own] as const;
  });
  return { rows: rows.length, tensors: new Map(taken) };
}

function slice(values: readonly Value[], row: number, width: number): readonly Value[] {
  return values.slice(row * width, (row + 1) * width);
}
