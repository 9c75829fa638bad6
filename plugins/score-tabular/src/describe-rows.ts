import type { Column, ColumnStatistics } from "@clew/plugin-sdk";
import { type ColumnType, fits, quoteName, type TabularDatabase } from "@clew/plugin-tabular";

export interface DescribedRows {
  readonly schema: Column[];
  readonly rows: number;
  readonly statistics: ColumnStatistics[];
}

const TEXT_MAX = 200;
/** Squares of larger numbers are infinite, and DuckDB has no deviation of them. */
const MOMENT_MAX = 1e150;
/** Of a column: what is asked of it, in this order. */
const ASKED = 6;

/** What a dataset version says of its rows. @param source what stands after FROM */
export async function describeRows(
  { connection }: TabularDatabase,
  source: string,
  columns: readonly ColumnType[],
): Promise<DescribedRows> {
  const items = ["count(*)", ...columns.flatMap(aggregatesOf)];
  const reader = await connection.runAndReadAll(`SELECT ${items.join(", ")} FROM ${source}`);
  const [rows, ...cells] = reader.getRowsJson()[0]!;
  return {
    schema: columns.map(({ name, type }) => ({ name, type: type.slice(0, 100), nullable: true })),
    rows: Number(rows),
    statistics: columns.map(({ name }, at) => statisticsOf(name, cells.slice(at * ASKED, (at + 1) * ASKED))),
  };
}

function aggregatesOf({ name, type }: ColumnType): string[] {
  const column = quoteName(name);
  const number = `CAST(${column} AS DOUBLE)`;
  const moment = `CASE WHEN isfinite(${number}) AND abs(${number}) <= ${MOMENT_MAX} THEN ${number} END`;
  const moments = fits("number", type) ? [`avg(${moment})`, `stddev_samp(${moment})`] : ["NULL", "NULL"];
  const texts = [`min(${column})`, `max(${column})`].map((one) => `left(CAST(${one} AS VARCHAR), ${TEXT_MAX})`);
  return [`count(*) - count(${column})`, `approx_count_distinct(${column})`, ...texts, ...moments];
}

function statisticsOf(column: string, cells: readonly unknown[]): ColumnStatistics {
  const [nulls, distinct, min, max, mean, stddev] = cells;
  const text = (cell: unknown) => (typeof cell === "string" ? cell : null);
  const number = (cell: unknown) => (typeof cell === "number" ? cell : null);
  return {
    column,
    nulls: Number(nulls),
    distinctApprox: Number(distinct),
    min: text(min),
    max: text(max),
    mean: number(mean),
    stddev: number(stddev),
  };
}
