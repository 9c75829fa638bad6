import { type ColumnProfile, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import type { TypedTable } from "./typed-table.ts";

/** Equal bins between three standard deviations on both sides of the mean, and one for all that lies below and above. */
export interface Bins {
  /** Index of the column. */
  column: number;
  low: number;
  width: number;
}
export const INNER_BINS = 20;
const SPREAD = 3;

/** Bins for the numbers of the reference; a column of one value only has none. */
export function binsFor(columns: readonly ColumnProfile[]): Bins[] {
  return columns.flatMap(({ type, mean, stdDev, min, max }, column) => {
    if ((type !== "INT" && type !== "FLOAT") || mean === null || !stdDev) return [];
    const low = Math.max(Number(min), mean - SPREAD * stdDev);
    const width = (Math.min(Number(max), mean + SPREAD * stdDev) - low) / INNER_BINS;
    return width > 0 && Number.isFinite(width) ? [{ column, low, width }] : [];
  });
}

/** Finite values in each bin, first those below and last those above. */
export async function countBins(
  database: TabularDatabase,
  typed: TypedTable,
  bins: readonly Bins[],
): Promise<Map<number, number[]>> {
  if (bins.length === 0) return new Map();
  const items = bins.map(({ column, low, width }) => {
    const place = `floor((CAST(v${column} AS DOUBLE) - (${low})) / ${width})`;
    return `histogram(CASE WHEN isfinite(CAST(v${column} AS DOUBLE)) THEN CAST(greatest(-1, least(${place}, ${INNER_BINS})) AS TINYINT) END)`;
  });
  const [row = []] = await readRows(database, `SELECT ${items.join(", ")} FROM ${typed.query()}`);
  return new Map(bins.map(({ column }, index) => [column, countsIn(row[index])]));
}

/** DuckDB's map, as JSON: a list of key and value. */
function countsIn(map: unknown): number[] {
  const counts = Array.from({ length: INNER_BINS + 2 }, () => 0);
  for (const { key, value } of (map ?? []) as { key: unknown; value: unknown }[])
    counts[Number(key) + 1] = Number(value);
  return counts;
}
