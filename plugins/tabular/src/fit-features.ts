import { PluginFailure } from "@clew/plugin-sdk";
import type { Feature, FittedFeature } from "./features.ts";
import { numbersOf, type Table, type TextColumn, textOf } from "./table.ts";

/**
 * Learns what each feature needs from the training part.
 * @throws {PluginFailure} BAD_INPUT where a column has no value at all.
 */
export function fitFeatures(features: readonly Feature[], training: Table): FittedFeature[] {
  return features.map((feature) => fitFeature(feature, training));
}

function fitFeature(feature: Feature, training: Table): FittedFeature {
  if (feature.kind === "categorical") {
    const column = textOf(training, feature.column);
    const counts = countsOf(column);
    const missing = training.rows - counts.reduce((sum, count) => sum + count, 0);
    refuseEmpty(feature, missing, training.rows);
    return { ...feature, hasMissing: missing > 0, ...commonest(column, counts, feature) };
  }
  const values = numbersOf(training, feature.column);
  const present = values.filter((value) => !Number.isNaN(value));
  const hasMissing = present.length < values.length;
  refuseEmpty(feature, values.length - present.length, values.length);
  return feature.kind === "numeric" ? { ...feature, hasMissing, ...momentsOf(present) } : { ...feature, hasMissing };
}

function refuseEmpty(feature: Feature, missing: number, rows: number): void {
  if (missing < rows) return;
  throw new PluginFailure("BAD_INPUT", `column ${feature.column} has no value in the training part`);
}

/** Mean and population standard deviation; 0 where the column is constant. */
export function momentsOf(values: Float64Array): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}

function countsOf(column: TextColumn): Int32Array {
  const counts = new Int32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  return counts;
}

interface Categories {
  categories: string[];
  hasOther: boolean;
}

function commonest(
  column: TextColumn,
  counts: Int32Array,
  limits: { maxCategories: number; minCount: number },
): Categories {
  const seen = column.dictionary.map((text, code) => ({ text, count: counts[code]! })).filter(({ count }) => count > 0);
  // By count, then by text, so that the order of the rows does not matter.
  const sorted = seen.toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
  const kept = sorted.filter(({ count }) => count >= limits.minCount).slice(0, limits.maxCategories);
  return { categories: kept.map(({ text }) => text), hasOther: kept.length < seen.length };
}
