import type { ColumnStatistics } from "@clew/plugin-sdk";
import { readRows } from "./read-rows.ts";
import type { TabularDatabase } from "./tabular-database.ts";
import { quoteName } from "./tabular-inputs.ts";

const EXTREME_LENGTH = 200;

/** What DuckDB's SUMMARIZE says of each column, its missing values counted. @param from what stands after FROM */
export async function columnStatistics(database: TabularDatabase, from: string): Promise<ColumnStatistics[]> {
  const summary = await readRows(
    database,
    `SELECT column_name, approx_unique, min, max, avg, std FROM (SUMMARIZE FROM ${from})`,
  );
  const names = summary.map(([name]) => String(name));
  const counts = names.map((name) => `count(*) - count(${quoteName(name)})`);
  const [nulls = []] = await readRows(database, `SELECT ${counts.join(", ")} FROM ${from}`);
  return summary.map(([, distinct, min, max, mean, stddev], index) => ({
    column: names[index]!,
    nulls: Number(nulls[index]),
    distinctApprox: Number(distinct),
    min: extreme(min),
    max: extreme(max),
    mean: finite(mean),
    stddev: finite(stddev),
  }));
}

function extreme(cell: unknown): string | null {
  return typeof cell === "string" ? cell.slice(0, EXTREME_LENGTH) : null;
}

/** Of a time DuckDB gives an average time, which is no number. */
function finite(cell: unknown): number | null {
  const number = typeof cell === "string" ? Number(cell) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}
