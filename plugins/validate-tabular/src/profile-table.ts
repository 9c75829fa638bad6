import { type ColumnProfile, readRows, type SchemaColumn, type TabularDatabase } from "@clew/plugin-tabular";
import { badRowSql, outsideSql, type RowCheck } from "./row-checks.ts";
import type { TypedTable } from "./typed-table.ts";

/** Squares of larger numbers are infinite; they are left out of mean and standard deviation. */
const MOMENT_MAX = 1e150;

/** Profiles without the values, which are counted apart. */
export interface Profiled {
  rows: number;
  columns: ColumnProfile[];
  /** Rows that break the check of the same index. */
  broken: number[];
  badRows: number;
  /** By column, rows whose value lies outside its domain, where some may. */
  outside: number[];
}

/** Everything that one look at each row tells, in one query over all columns. */
export async function profileTable(
  database: TabularDatabase,
  typed: TypedTable,
  checks: readonly RowCheck[] = [],
  options: { sampleRows?: number } = {},
): Promise<Profiled> {
  const perColumn = typed.columns.map(aggregatesOf);
  const items = [
    "count(one)",
    ...perColumn.flatMap((aggregates) => Object.values(aggregates)),
    ...brokenCounts(typed, checks),
  ];
  const next = cellsOf(await readRows(database, `SELECT ${items.join(", ")} FROM ${typed.query(options)}`));
  const rows = Number(next());
  const columns = typed.columns.map((column, index) => {
    const found = Object.fromEntries(Object.keys(perColumn[index]!).map((key) => [key, next()]));
    return columnProfile(column, found);
  });
  return { rows, columns, ...broken(typed, checks, next) };
}

/** Only what the checks find. */
export async function countBroken(
  database: TabularDatabase,
  typed: TypedTable,
  checks: readonly RowCheck[],
): Promise<Broken> {
  const counts = brokenCounts(typed, checks).join(", ");
  return broken(typed, checks, cellsOf(await readRows(database, `SELECT ${counts} FROM ${typed.query()}`)));
}

type Broken = Pick<Profiled, "broken" | "badRows" | "outside">;

function brokenCounts({ columns }: TypedTable, checks: readonly RowCheck[]): string[] {
  const outside = columns.map(({ minDomainMass }, index) => (minDomainMass < 1 ? outsideSql(checks, index) : "false"));
  return [...checks.map(({ sql }) => sql), badRowSql(checks), ...outside].map((sql) => `count_if(${sql})`);
}

function broken({ columns }: TypedTable, checks: readonly RowCheck[], next: () => unknown): Broken {
  const count = () => Number(next());
  return { broken: checks.map(count), badRows: count(), outside: columns.map(count) };
}

/** The cells of the first row, one after the other. */
function cellsOf([row = []]: unknown[][]): () => unknown {
  const cells = row.values();
  return () => cells.next().value ?? null;
}

function aggregatesOf(column: SchemaColumn, index: number): Record<string, string> {
  const value = `v${index}`;
  const shared = { fits: `count(${value})`, misfits: `count(t${index})` };
  const distinct = `approx_count_distinct(${value})`;
  switch (column.type) {
    case "INT":
      return { ...shared, distinct, ...momentsOf(value, `CAST(${value} AS DOUBLE)`) };
    case "FLOAT": {
      const finite = `CASE WHEN isfinite(${value}) THEN ${value} END`;
      return {
        ...shared,
        distinct,
        nan: `count_if(isnan(${value}))`,
        infinite: `count_if(isinf(${value}))`,
        ...momentsOf(finite, value),
      };
    }
    case "STRING":
      return { ...shared, distinct, minLength: `min(length(${value}))`, maxLength: `max(length(${value}))` };
    case "DATE":
    case "TIMESTAMP": {
      const form = column.type === "DATE" ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S.%fZ";
      return {
        ...shared,
        distinct,
        min: `strftime(min(${value}), '${form}')`,
        max: `strftime(max(${value}), '${form}')`,
      };
    }
    case "BOOL":
      return { ...shared, distinct };
    default:
      return shared;
  }
}

function momentsOf(bounded: string, value: string): Record<string, string> {
  const small = `CASE WHEN abs(${value}) <= ${MOMENT_MAX} THEN ${value} END`;
  return {
    min: `CAST(min(${bounded}) AS DOUBLE)`,
    max: `CAST(max(${bounded}) AS DOUBLE)`,
    mean: `avg(${small})`,
    stdDev: `stddev_samp(${small})`,
  };
}

function columnProfile({ name, type }: SchemaColumn, found: Record<string, unknown>): ColumnProfile {
  const number = (key: string) => (found[key] === null || found[key] === undefined ? null : Number(found[key]));
  const bound = (key: string) =>
    typeof found[key] === "string" && type !== "INT" && type !== "FLOAT" ? found[key] : number(key);
  const misfits = number("misfits") ?? 0;
  return {
    name,
    type,
    present: (number("fits") ?? 0) + misfits,
    misfits,
    nan: number("nan") ?? 0,
    infinite: number("infinite") ?? 0,
    distinct: number("distinct") ?? 0,
    min: bound("min"),
    max: bound("max"),
    mean: steady(number("mean")),
    stdDev: steady(number("stdDev")),
    minLength: number("minLength"),
    maxLength: number("maxLength"),
    values: null,
  };
}

/** Two threads add in any order: the digits that depend on it are cut off. */
function steady(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(10));
}
