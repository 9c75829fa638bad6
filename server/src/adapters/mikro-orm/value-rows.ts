import { hash } from "node:crypto";
import type { StatedValue } from "../../core/stated-value.ts";
import type { ValueRow } from "../../ports/value-row.ts";

/** A row of `value`. A set of parameters has one for each, so rows are small and there is no index but the one that they stand in. */
export type ValueColumns = readonly [key: number, number: number, text: string, seq: number];

export const VALUE_COLUMNS = "key, number, text, seq";

const KEYS_KEPT = 10_000;
const keys = new Map<string, number>();

/**
 * Of values that compare with one another, those of one name at nodes of one type which are numbers, or which are not: 52 bits of a
 * SHA-256, which stand for the name in every row.
 */
export function valueKey(type: string, name: string, form: "number" | "text"): number {
  const said = JSON.stringify([type, form, name]);
  const known = keys.get(said);
  if (known !== undefined) return known;
  const key = Number.parseInt(hash("sha256", said, "hex").slice(0, 13), 16);
  if (keys.size >= KEYS_KEPT) keys.clear();
  keys.set(said, key);
  return key;
}

export function valueColumns({ type, seq, ...value }: Omit<ValueRow, "nodeId">): ValueColumns {
  const [key, number, text] = valuePlace(type, value);
  return [key, number, text, seq];
}

/** Where all equal values stand. PostgreSQL's text holds no U+0000. */
export function valuePlace(type: string, { name, number, text }: StatedValue): readonly [number, number, string] {
  return [valueKey(type, name, number === null ? "text" : "number"), number ?? 0, text.replaceAll("\u0000", "")];
}

/** In the order of their key: rows of one batch that belong on one page are written one after the other. */
export function sortedColumns(values: readonly ValueRow[]): readonly ValueColumns[] {
  return values.map(valueColumns).sort((a, b) => a[0] - b[0]);
}
