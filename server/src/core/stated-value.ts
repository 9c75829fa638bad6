import { canonicalJson, type Json, leavesOf, type MetricValue, taggedNumber } from "@clew/schema";

/**
 * A value by which a node can be found. Numbers compare as numbers; what is none (a text, true, null, an array, NaN) is equal to the same
 * text or it is not. An infinite number is the largest finite one, and a 64-bit integer the nearest; their text tells them apart from it.
 */
export interface StatedValue {
  readonly name: string;
  readonly number: number | null;
  /** Empty where the number says all. */
  readonly text: string;
}

/** Values of one node that are kept; those behind them, by name, cannot be looked for. */
export const VALUES_MAX = 500;
export const VALUE_NAME_MAX = 200;
/** UTF-16 units. Of a longer text the beginning is kept with an ellipsis, which equals nothing that can be looked for. */
export const VALUE_TEXT_MAX = 200;

/**
 * Parameters by name, as `optimizer.learning_rate`. Of two with one name the first in the order of RFC 8785 counts; names above
 * {@link VALUE_NAME_MAX} characters are left out.
 */
export function parametersOf(parameters: Json): readonly StatedValue[] {
  const found = new Map<string, StatedValue>();
  for (const [name, leaf] of leavesOf(parameters)) {
    if (found.size >= VALUES_MAX) break;
    if (name.length <= VALUE_NAME_MAX && !found.has(name)) found.set(name, statedValue(name, leaf));
  }
  return [...found.values()];
}

/** Metrics by name, as `roc_auc`; of two with one name the first counts. */
export function metricsOf(metrics: readonly { name: string; value: MetricValue }[]): readonly StatedValue[] {
  const found = new Map<string, StatedValue>();
  for (const { name, value } of metrics) if (!found.has(name)) found.set(name, statedValue(name, value));
  return [...found.values()];
}

/** Other nodes by their ids, each once: a node can be found by what it names. */
export function namesOf(name: string, ends: readonly { readonly id: string }[]): readonly StatedValue[] {
  return [...new Set(ends.map(({ id }) => id))].map((id) => ({ name, number: null, text: id }));
}

export function statedValue(name: string, value: Json): StatedValue {
  // Adding 0 makes 0 of -0, as canonical JSON does.
  if (typeof value === "number") return { name, number: value + 0, text: "" };
  const tagged = taggedNumber(value);
  if (tagged !== undefined) return ofTagged(name, Number(tagged), tagged);
  return { name, number: null, text: bounded(typeof value === "string" ? value : canonicalJson(value)) };
}

function ofTagged(name: string, number: number, text: string): StatedValue {
  if (Number.isNaN(number)) return { name, number: null, text };
  if (!Number.isFinite(number)) return { name, number: Math.sign(number) * Number.MAX_VALUE, text };
  const isExact = !/^-?\d+$/.test(text) || BigInt(text) === BigInt(number);
  return { name, number, text: isExact ? "" : text };
}

function bounded(text: string): string {
  return text.length <= VALUE_TEXT_MAX ? text : `${text.slice(0, VALUE_TEXT_MAX - 1).toWellFormed()}…`;
}
