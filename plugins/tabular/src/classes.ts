import { PluginFailure } from "@clew/plugin-sdk";
import { isWholeType } from "./read-table.ts";
import { type Table, textOf } from "./table.ts";

/** Each takes a number of every answer, and a tree of every round. */
export const MAX_CLASSES = 1000;
export const MAX_CLASS_NAME = 255;
/** Rows times classes, of what is answered for all rows at once: 320 MB as numbers. */
const MAX_ANSWERS = 40_000_000;

/** DuckDB's types whose values are classes: text, and what has no other way to be written. */
export function isClassType(type: string): boolean {
  return isTextType(type) || type === "BOOLEAN" || isWholeType(type);
}

export function isTextType(type: string): boolean {
  return /^(VARCHAR|UUID|ENUM\(.*\))$/s.test(type);
}

/**
 * The classes that occur, in an order that follows from their names alone: whole numbers by their size, else by the names' code units.
 * @throws {PluginFailure} BAD_INPUT where there is one class only, too many, or one of a name that is too long
 */
export function classesOf(table: Table, target: string): string[] {
  const { dictionary } = textOf(table, target);
  if (dictionary.length < 2) {
    const said = dictionary.map((name) => JSON.stringify(name.slice(0, MAX_CLASS_NAME)))[0] ?? "null";
    throw refusal(target, `is ${said} in all ${table.rows} rows`);
  }
  if (dictionary.length > MAX_CLASSES)
    throw refusal(target, `has ${dictionary.length} classes, and at most ${MAX_CLASSES} are taken`);
  const long = dictionary.find((name) => name.length > MAX_CLASS_NAME);
  if (long !== undefined)
    throw refusal(target, `has a class of ${long.length} characters, and at most ${MAX_CLASS_NAME} are taken`);
  return dictionary.toSorted(dictionary.every(isWhole) ? bySize : byName);
}

/**
 * Of each row the index of its class.
 * @throws {PluginFailure} BAD_INPUT where a class is missing, or none of these
 */
export function classLabelsOf(table: Table, target: string, classes: readonly string[]): Int32Array {
  const { codes, dictionary } = textOf(table, target);
  const missing = codes.reduce((count, code) => count + Number(code === -1), 0);
  if (missing > 0) throw refusal(target, `is null in ${missing} rows: leave them out in the sql`);
  const places = new Map(classes.map((name, place) => [name, place]));
  const known = Int32Array.from(dictionary, (name) => places.get(name) ?? -1);
  const labels = codes.map((code) => known[code]!);
  refuseUnknown(labels, target, (row) => dictionary[codes[row]!]!);
  return labels;
}

/** @throws {PluginFailure} BAD_INPUT where probabilities of so many rows are too many to be held */
export function refuseManyAnswers(rows: number, classes: number): void {
  if (rows * classes <= MAX_ANSWERS) return;
  const most = Math.floor(MAX_ANSWERS / classes);
  throw new PluginFailure("BAD_INPUT", `${rows} rows of ${classes} classes are too many: at most ${most} are taken`);
}

function refuseUnknown(labels: Int32Array, target: string, nameOf: (row: number) => string): void {
  const first = labels.indexOf(-1);
  if (first === -1) return;
  const rows = labels.reduce((count, label) => count + Number(label === -1), 0);
  const name = JSON.stringify(nameOf(first).slice(0, MAX_CLASS_NAME));
  throw refusal(target, `is ${name} or another class that the model does not know in ${rows} rows: leave them out`);
}

function isWhole(name: string): boolean {
  return /^-?\d+$/.test(name);
}

function bySize(a: string, b: string): number {
  const [first, second] = [BigInt(a), BigInt(b)];
  return first === second ? byName(a, b) : first < second ? -1 : 1;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function refusal(target: string, why: string): PluginFailure {
  return new PluginFailure("BAD_INPUT", `target ${target} ${why}`);
}
