import { hash } from "node:crypto";
import type { StatedValue } from "../../core/stated-value.ts";
import type { ValueRow } from "../../ports/value-row.ts";

/** A row of `value`. A set of parameters has one for each, so rows are small and there is no index but the one that they stand in. */
export type ValueColumns = readonly [key: number, number: number, text: string, seq: number];

export const VALUE_COLUMNS = "key, number, text, seq";

type Form = "number" | "text";

const NAMES_KEPT = 10_000;
/** By type and name. A text made of them would have to be hashed at each look. */
const keys = new Map<string, Map<string, Readonly<Record<Form, number>>>>();

/**
 * Of values that compare with one another, those of one name at nodes of one type which are numbers, or which are not: 52 bits of a
 * SHA-256, which stand for the name in every row.
 */
export function valueKey(type: string, name: string, form: Form): number {
  return (keys.get(type)?.get(name) ?? keysOf(type, name))[form];
}

function keysOf(type: string, name: string): Readonly<Record<Form, number>> {
  const known = keys.get(type) ?? new Map<string, Readonly<Record<Form, number>>>();
  if (known.size >= NAMES_KEPT) known.clear();
  const made = { number: hashed(type, "number", name), text: hashed(type, "text", name) };
  keys.set(type, known.set(name, made));
  return made;
}

function hashed(...parts: readonly string[]): number {
  return Number.parseInt(hash("sha256", JSON.stringify(parts), "hex").slice(0, 13), 16);
}

export function valueColumns(row: Omit<ValueRow, "nodeId">): ValueColumns {
  const [key, number, text] = valuePlace(row.type, row);
  return [key, number, text, row.seq];
}

/** Where all equal values stand. PostgreSQL's text holds no U+0000. */
export function valuePlace(type: string, { name, number, text }: StatedValue): readonly [number, number, string] {
  return [
    valueKey(type, name, number === null ? "text" : "number"),
    number ?? 0,
    text && text.replaceAll("\u0000", ""),
  ];
}

/** In the order of their key: rows of one batch that belong on one page are written one after the other. */
export function sortedColumns(values: readonly ValueRow[]): readonly ValueColumns[] {
  return values.map(valueColumns).sort((a, b) => a[0] - b[0]);
}
