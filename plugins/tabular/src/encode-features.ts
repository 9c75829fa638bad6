import { PluginFailure } from "@clew/plugin-sdk";
import { type FittedFeature, widthOf } from "./features.ts";
import { numbersOf, type Table, textOf } from "./table.ts";

/** Rows of equally many numbers, one after the other. */
export interface Matrix {
  rows: number;
  width: number;
  values: Float32Array;
}

/** The largest matrix that a job may hold at a time: 600 MB. */
export const MAX_MATRIX_VALUES = 150_000_000;

/** The columns of the matrix that a feature writes: from `offset` on, in every row. */
interface Target {
  matrix: Matrix;
  offset: number;
  missingAt: number | null;
}

/**
 * Applies fitted features.
 * @throws {PluginFailure} BAD_INPUT where the matrix would be larger than a job may hold.
 */
export function encodeFeatures(features: readonly FittedFeature[], table: Table): Matrix {
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  if (table.rows * width > MAX_MATRIX_VALUES) {
    const most = Math.floor(MAX_MATRIX_VALUES / width);
    throw new PluginFailure("BAD_INPUT", `${table.rows} rows of ${width} numbers are too many: at most ${most} rows`);
  }
  const matrix = { rows: table.rows, width, values: new Float32Array(table.rows * width) };
  let offset = 0;
  for (const feature of features) {
    const end = offset + widthOf(feature);
    encodeFeature(feature, table, { matrix, offset, missingAt: feature.hasMissing ? end - 1 : null });
    offset = end;
  }
  return matrix;
}

function encodeFeature(feature: FittedFeature, table: Table, target: Target): void {
  if (feature.kind === "categorical") encodeCategorical(feature, table, target);
  else encodeNumbers(numbersOf(table, feature.column), target, writerOf(feature, target));
}

type Write = (row: number, value: number) => void;

function writerOf(feature: Exclude<FittedFeature, { kind: "categorical" }>, { matrix, offset }: Target): Write {
  const put = (row: number, at: number, value: number) => {
    matrix.values[row * matrix.width + offset + at] = value;
  };
  if (feature.kind === "boolean") return (row, value) => put(row, 0, value);
  if (feature.kind === "numeric") return (row, value) => put(row, 0, standardised(feature, value));
  const turn = (2 * Math.PI) / feature.period;
  return (row, value) => {
    put(row, 0, Math.sin(value * turn));
    put(row, 1, Math.cos(value * turn));
  };
}

function standardised({ mean, std, clip }: { mean: number; std: number; clip: number }, value: number): number {
  // A column that was constant in training says nothing, whatever it holds now.
  return std === 0 ? 0 : Math.max(-clip, Math.min(clip, (value - mean) / std));
}

function encodeNumbers(values: Float64Array, target: Target, write: Write): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) markMissing(target, row);
    else write(row, value);
  }
}

function markMissing({ matrix, missingAt }: Target, row: number): void {
  if (missingAt !== null) matrix.values[row * matrix.width + missingAt] = 1;
}

function encodeCategorical(
  feature: Extract<FittedFeature, { kind: "categorical" }>,
  table: Table,
  target: Target,
): void {
  const { codes, dictionary } = textOf(table, feature.column);
  const places = new Map(feature.categories.map((category, index) => [category, index]));
  const other = feature.hasOther ? feature.categories.length : -1;
  const placeOf = Int32Array.from(dictionary, (text) => places.get(text) ?? other);
  const { matrix, offset } = target;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0) markMissing(target, row);
    // A value never seen, where the training part had no rare ones, leaves the whole group at 0.
    else if (placeOf[code]! >= 0) matrix.values[row * matrix.width + offset + placeOf[code]!] = 1;
  }
}
