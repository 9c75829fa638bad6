import { PluginFailure } from "@clew/plugin-sdk";
import { numbersOf, type Table } from "./table.ts";

/**
 * What is to be predicted, as numbers.
 * @throws {PluginFailure} BAD_INPUT where one is missing.
 */
export function targetsOf(table: Table, target: string): Float64Array {
  const values = numbersOf(table, target);
  const missing = values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
  if (missing === 0) return values;
  throw new PluginFailure("BAD_INPUT", `target ${target} is null in ${missing} rows: leave them out in the sql`);
}

/**
 * The labels, 0 or 1.
 * @throws {PluginFailure} BAD_INPUT where a label is missing.
 */
export function labelsOf(table: Table, target: string): Uint8Array {
  return Uint8Array.from(targetsOf(table, target));
}

/** The share of ones. */
export function shareOfOnes(labels: Uint8Array): number {
  return labels.reduce((sum, label) => sum + label, 0) / labels.length;
}
