import type { DuckDBValue } from "@duckdb/node-api";
import { type FailureType, PluginFailure } from "@clew/plugin-sdk";
import type { Feature } from "./features.ts";
import { ColumnBuilder, type ReadAs } from "./column-builder.ts";
import { readRows } from "./read-rows.ts";
import type { Table } from "./table.ts";
import { type ColumnType, messageOf, type TabularDatabase, withoutEnd } from "./tabular-database.ts";
import { quoteName } from "./tabular-inputs.ts";

/** The most values (rows times columns) that one query may answer with: 480 MB as numbers. */
export const MAX_VALUES = 60_000_000;

export interface Wanted {
  column: string;
  as: ReadAs;
}

export function wantedFor(feature: Feature): Wanted {
  const ways = { numeric: "number", cyclic: "number", categorical: "text", boolean: "boolean" } as const;
  return { column: feature.column, as: ways[feature.kind] };
}

export interface ReadOptions {
  /** How a query that does not fit the views fails; by default BAD_PARAMETERS. */
  misfit?: FailureType;
  /** Rows times columns; by default MAX_VALUES. */
  maxValues?: number;
}

/**
 * Reads columns of a query's answer. The rows come sorted by all that is read, the first column first, so that the same
 * data give the same table whatever the order of files and joins. Infinite numbers count as missing.
 * @throws {PluginFailure} `misfit` where the query does not fit the views or lacks a column; BAD_INPUT where a column has
 * another type than its use needs, or the answer is empty or too large.
 */
export async function readTable(
  database: TabularDatabase,
  sql: string,
  wanted: readonly Wanted[],
  { misfit = "BAD_PARAMETERS", maxValues = MAX_VALUES }: ReadOptions = {},
): Promise<Table> {
  const { unique, casts } = await readingOf(database, sql, wanted, misfit);
  const builders = unique.map((want) => new ColumnBuilder(want.column, want.as));
  const ordered = `SELECT ${casts.join(", ")} FROM (${withoutEnd(sql)}\n) ORDER BY ALL`;
  const rows = await fill(chunksOf(database, ordered), builders, Math.floor(maxValues / builders.length));
  return tableOf(builders, rows);
}

export interface StreamOptions {
  /** Rows that come first, by this column; within one time, and without it, in an order that follows from the rows' values alone. */
  timeColumn?: string | undefined;
  /** Of each table but the last. */
  rowsPerTable: number;
}

/**
 * Reads columns of a query's answer, a few rows at a time, so that memory does not depend on their number.
 * @throws {PluginFailure} as readTable does; BAD_INPUT where a time is missing
 */
export async function* streamTables(
  database: TabularDatabase,
  sql: string,
  wanted: readonly Wanted[],
  { timeColumn, rowsPerTable }: StreamOptions,
): AsyncGenerator<Table> {
  const time: Wanted[] = timeColumn === undefined ? [] : [{ column: timeColumn, as: "time" }];
  const { unique, casts } = await readingOf(database, sql, [...time, ...wanted], "BAD_INPUT");
  const texts = unique.map(({ column }) => `CAST(${quoteName(column)} AS VARCHAR)`).join(", ");
  const order = [...casts.slice(0, time.length), `md5_number_upper(to_json([${texts}]))`].join(", ");
  const ordered = `SELECT ${casts.join(", ")} FROM (${withoutEnd(sql)}\n) ORDER BY ${order}`;
  const fresh = () => unique.map((want) => new ColumnBuilder(want.column, want.as));
  let [builders, rows] = [fresh(), 0];
  for await (const chunk of chunksOf(database, ordered)) {
    for (let at = 0; at < chunk[0]!.length; ) {
      const taken = Math.min(rowsPerTable - rows, chunk[0]!.length - at);
      for (const [index, builder] of builders.entries()) builder.push(chunk[index]!.slice(at, at + taken));
      [at, rows] = [at + taken, rows + taken];
      if (rows < rowsPerTable) continue;
      yield tableOf(builders, rows);
      [builders, rows] = [fresh(), 0];
    }
  }
  if (rows > 0) yield tableOf(builders, rows);
}

function tableOf(builders: readonly ColumnBuilder[], rows: number): Table {
  const ofKind = (isText: boolean) => builders.filter((builder) => (builder.as === "text") === isText);
  return {
    rows,
    numbers: new Map(ofKind(false).map((builder) => [builder.column, builder.numbers()])),
    texts: new Map(ofKind(true).map((builder) => [builder.column, builder.text()])),
  };
}

/** The columns that are wanted, each once, and the expressions that read them. */
async function readingOf(
  database: TabularDatabase,
  sql: string,
  wanted: readonly Wanted[],
  misfit: FailureType,
): Promise<{ unique: Wanted[]; casts: string[] }> {
  const unique = [...new Map(wanted.map((want) => [`${want.as === "text"} ${want.column}`, want])).values()];
  const types = new Map((await database.describeQuery(sql, misfit)).map((column) => [column.name, column]));
  const missing = unique.find((want) => !types.has(want.column));
  if (missing !== undefined) throw new PluginFailure(misfit, `sql: its answer has no column ${missing.column}`);
  await refuseMisfit(database, sql, unique, types);
  return { unique, casts: unique.map((want) => castOf(want, types.get(want.column)!)) };
}

async function fill(
  chunks: AsyncIterable<DuckDBValue[][]>,
  builders: readonly ColumnBuilder[],
  most: number,
): Promise<number> {
  let rows = 0;
  for await (const chunk of chunks) {
    rows += chunk[0]?.length ?? 0;
    if (rows > most) {
      throw new PluginFailure("BAD_INPUT", `more than ${most} rows of ${builders.length} columns are too many`);
    }
    for (const [index, builder] of builders.entries()) builder.push(chunk[index]!);
  }
  if (rows === 0) throw new PluginFailure("BAD_INPUT", "the query's answer has no rows");
  return rows;
}

async function* chunksOf(database: TabularDatabase, sql: string): AsyncGenerator<DuckDBValue[][]> {
  try {
    const result = await database.connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield chunk.getColumns();
    }
  } catch (error) {
    if (error instanceof PluginFailure) throw error;
    throw new PluginFailure("BAD_INPUT", `the query failed: ${messageOf(error)}`, false, { cause: error });
  }
}

const NUMBER = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const WHOLE = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const TIME = /^(DATE|TIMESTAMP.*)$/;

/** Whether a type, as DuckDB names it, has whole numbers only. */
export function isWholeType(type: string): boolean {
  return WHOLE.test(type);
}

export function isTime(type: string): boolean {
  return TIME.test(type);
}

/** Whether a column of a type, as DuckDB names it, can be read so. */
export function fits(as: ReadAs, type: string): boolean {
  return FITS[as](type);
}

const FITS: Record<ReadAs, (type: string) => boolean> = {
  number: (type) => NUMBER.test(type),
  boolean: (type) => type === "BOOLEAN" || NUMBER.test(type),
  time: (type) => isTime(type) || NUMBER.test(type),
  text: () => true,
};

async function refuseMisfit(
  database: TabularDatabase,
  sql: string,
  wanted: readonly Wanted[],
  types: ReadonlyMap<string, ColumnType>,
): Promise<void> {
  const misfits = wanted.filter(({ column, as }) => !fits(as, types.get(column)!.type));
  const empty = await emptyColumns(
    database,
    sql,
    misfits.map(({ column }) => column),
  );
  const misfit = misfits.find(({ column }) => !empty.has(column));
  if (misfit === undefined) return;
  const { column, as } = misfit;
  const type = types.get(column)!.type;
  throw new PluginFailure("BAD_INPUT", `column ${column} is ${type} and cannot be read as a ${as}`);
}

/**
 * Those of the columns that have no value in any row. A file says no type of them, so that they can be read as anything.
 * @throws {PluginFailure} BAD_INPUT where there is no row
 */
export async function emptyColumns(
  database: TabularDatabase,
  sql: string,
  columns: readonly string[],
): Promise<Set<string>> {
  if (columns.length === 0) return new Set();
  await database.requireRows(sql);
  const counts = columns.map((column) => `count(${quoteName(column)})`);
  const [found = []] = await readRows(database, `SELECT ${counts.join(", ")} FROM (${withoutEnd(sql)}\n)`);
  return new Set(columns.filter((_, at) => found[at] === "0"));
}

/** The expression that reads a column so; a time is microseconds since 1970. */
export function castOf({ column, as }: Wanted, type: ColumnType): string {
  const name = quoteName(column);
  if (as === "text") return `CAST(${name} AS VARCHAR)`;
  return isTime(type.type) ? `CAST(epoch_us(CAST(${name} AS TIMESTAMPTZ)) AS DOUBLE)` : `CAST(${name} AS DOUBLE)`;
}
