import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ColumnType, quoteName, quoteText, type TabularDatabase, withoutEnd } from "@clew/plugin-tabular";

/** Rows that are in memory at a time. */
const ROWS_AT_ONCE = 32_768;

/** What is scored: the query's answer on disk, in its order and in pieces, and what the model takes of it. */
export interface Pieces {
  readonly rows: number;
  /** Parquet, with the answer's columns as `c0`, `c1`, … and the model's inputs as `i0`, `i1`, … */
  readonly files: readonly string[];
}

/**
 * Runs the query once, so that a batch is a file: what is asked twice need not come in the same order.
 * @throws {PluginFailure} BAD_INPUT where the query fails on the data
 */
export async function writePieces(
  database: TabularDatabase,
  { sql, columns, inputs }: { sql: string; columns: readonly ColumnType[]; inputs: readonly string[] },
  dir: string,
): Promise<Pieces> {
  const items = [
    ...columns.map(({ name }, at) => `${quoteName(name)} AS c${at}`),
    ...inputs.map((input, at) => `${input} AS i${at}`),
  ];
  const query = `SELECT ${items.join(", ")} FROM (${withoutEnd(sql)}\n)`;
  const how = `FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${ROWS_AT_ONCE}, ROW_GROUPS_PER_FILE 1`;
  await mkdir(dir, { recursive: true });
  const folder = join(dir, "pieces");
  const rows = Number(await database.one(`COPY (${query}) TO ${quoteText(folder)} (${how})`));
  const names = await readdir(folder);
  return { rows, files: names.toSorted((a, b) => numberIn(a) - numberIn(b)).map((name) => join(folder, name)) };
}

/** DuckDB counts them: `data_10.parquet`. */
function numberIn(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}
