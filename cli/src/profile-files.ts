import type { Column, ColumnStatistics } from "@clew/schema";
import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { openDuckDb } from "./duckdb.ts";
import { CliError } from "./errors.ts";

/** What tabular files hold, as a dataset version says it. */
export interface TableProfile {
  readonly schema: Column[];
  readonly rows: number;
  readonly statistics: ColumnStatistics[];
}

const READERS: readonly (readonly [suffix: RegExp, call: (files: string) => string])[] = [
  [/\.parquet$/i, (files) => `read_parquet(${files}, union_by_name = true)`],
  [/\.(csv|tsv)(\.gz)?$/i, (files) => `read_csv(${files}, union_by_name = true)`],
  [/\.(jsonl|ndjson)(\.gz)?$/i, (files) => `read_json(${files}, format = 'newline_delimited', union_by_name = true)`],
];

/**
 * Columns, row count and statistics of tabular files, read together as one table: a column that a file lacks is null in its rows.
 * Null where none of the files is Parquet, CSV, TSV or JSON lines.
 * @throws {CliError} where such a file cannot be read.
 */
export async function profileFiles(paths: readonly string[]): Promise<TableProfile | null> {
  const source = sourceOf(paths);
  if (source === null) return null;
  const { connection, close } = await openDuckDb();
  try {
    return await profile(connection, source);
  } catch (error) {
    throw new CliError(`the files cannot be read as a table: ${(error as Error).message}`, { cause: error });
  } finally {
    close();
  }
}

function sourceOf(paths: readonly string[]): string | null {
  const parts = READERS.flatMap(([suffix, call]) => {
    const files = paths.filter((path) => suffix.test(path));
    return files.length === 0 ? [] : [`SELECT * FROM ${call(`[${files.map(quoteText).join(", ")}]`)}`];
  });
  return parts.length === 0 ? null : parts.join(" UNION ALL BY NAME ");
}

const Summary = z.object({
  column_name: z.string(),
  column_type: z.string(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  approx_unique: z.coerce.number(),
  avg: z.string().nullable(),
  std: z.string().nullable(),
});
type Summary = z.infer<typeof Summary>;

async function profile(connection: DuckDBConnection, source: string): Promise<TableProfile> {
  const all = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  await connection.run(`CREATE VIEW data AS ${source}`);
  const summaries = z.array(Summary).parse(await all("SUMMARIZE data"));
  // SUMMARIZE rounds its share of nulls to a hundredth of a percent; here they are counted.
  const counts = summaries.map(({ column_name: name }, at) => `count(*) - count(${quoteName(name)}) AS c${at}`);
  const [row = {}] = await all(`SELECT ${["count(*) AS rows", ...counts].join(", ")} FROM data`);
  return {
    schema: summaries.map(({ column_name: name, column_type: type }) => ({
      name,
      type: type.slice(0, 100),
      nullable: true,
    })),
    rows: Number(row["rows"]),
    statistics: summaries.map((summary, at) => statisticsOf(summary, Number(row[`c${at}`]))),
  };
}

const EXTREME_LENGTH = 200;

function statisticsOf(summary: Summary, nulls: number): ColumnStatistics {
  return {
    column: summary.column_name,
    nulls,
    distinctApprox: summary.approx_unique,
    min: summary.min?.slice(0, EXTREME_LENGTH) ?? null,
    max: summary.max?.slice(0, EXTREME_LENGTH) ?? null,
    mean: finite(summary.avg),
    stddev: finite(summary.std),
  };
}

/** Of a time DuckDB gives an average time, which is no number. */
function finite(text: string | null): number | null {
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
