import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Column, ColumnLineage } from "@clew/plugin-sdk";
import { countOf, MAX_COLUMNS, quoteName, quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import { brokenLines } from "./broken-rows.ts";
import type { ValidationJob } from "./job-types.ts";
import { badRowSql, type RowCheck } from "./row-checks.ts";
import type { TypedTable } from "./typed-table.ts";
import { textOf } from "./cells.ts";

const FILE = "rows.parquet";

/** The rows that go on and those that do not, each a dataset version. */
export async function setAside(
  job: ValidationJob,
  database: TabularDatabase,
  typed: TypedTable,
  checks: readonly RowCheck[],
): Promise<void> {
  const bad = badRowSql(checks);
  const accepted = `SELECT ${acceptedItems(typed)} FROM ${typed.query({ raw: true })} WHERE NOT ${bad}`;
  // A version holds files, and a file columns.
  if (typed.table.columns.length > 0) await write(job, database, "accepted", typed, accepted);
  const rejected = rejectedQuery(typed, checks, bad);
  const count = await countOf(database, `SELECT count(*) FROM (${rejected})`);
  if (count > 0) await write(job, database, "rejected", typed, rejected);
}

/** Parquet stays as it is; text becomes what the schema says, as far as it names the column. */
function acceptedItems(typed: TypedTable): string {
  return typed.table.columns
    .map((name, index) => {
      const known = typed.columns.findIndex((column) => column.name === name && column.type !== "ANY");
      return `${typed.isParquet || known < 0 ? `r${index}` : `v${known}`} AS ${quoteName(name)}`;
    })
    .join(", ");
}

/** All columns as they stand, why the row is here, and the text of a line that is no row. */
function rejectedQuery(typed: TypedTable, checks: readonly RowCheck[], bad: string): string {
  const { columns } = typed.table;
  const [reasons, line] = [freeName(columns, "rejected_because"), freeName(columns, "rejected_line")].map(quoteName);
  const why = checks
    .filter(({ severity }) => severity === "ERROR")
    .map(
      ({ sql, anomaly, column }) =>
        `CASE WHEN ${sql} THEN ${quoteText(`${anomaly} ${typed.columns[column]!.name}`)} END`,
    );
  const own = columns.map((name, index) => `r${index} AS ${quoteName(name)}`);
  const rows = `SELECT ${[...own, `concat_ws('; ', ${["NULL", ...why].join(", ")}) AS ${reasons}`, `NULL::VARCHAR AS ${line}`].join(", ")} FROM ${typed.query({ raw: true })} WHERE ${bad}`;
  const lines = `SELECT reason AS ${reasons}, line AS ${line} FROM (${brokenLines(typed.table)})`;
  return `${rows} UNION ALL BY NAME ${lines}`;
}

function freeName(taken: readonly string[], wanted: string): string {
  const isTaken = (name: string) => taken.some((one) => one.toLowerCase() === name);
  return isTaken(wanted) ? freeName(taken, `${wanted}_`) : wanted;
}

async function write(
  job: ValidationJob,
  database: TabularDatabase,
  role: "accepted" | "rejected",
  typed: TypedTable,
  sql: string,
): Promise<void> {
  const dir = join(job.outputDir, role);
  await mkdir(dir);
  await readRows(database, `COPY (${sql}) TO ${quoteText(join(dir, FILE))} (FORMAT parquet, COMPRESSION zstd)`);
  const described = await readRows(database, `DESCRIBE ${sql}`);
  const schema: Column[] = described.map(([name, type]) => ({
    name: textOf(name),
    type: textOf(type).slice(0, 100),
    nullable: true,
  }));
  const rows = await countOf(database, `SELECT count(*) FROM (${sql})`);
  job.output(role, { dir: role, schema, rows, columnLineage: identities(job, typed) });
}

/** Each column is what it was in the data. */
function identities(job: ValidationJob, { table }: TypedTable): ColumnLineage[] {
  const datasets = [...new Set(job.inputs.data.map(({ key }) => key.split("@")[0]!))];
  return table.columns.slice(0, MAX_COLUMNS).map((column) => ({
    column,
    from: datasets.slice(0, 50).map((dataset) => ({ input: "data", dataset, column })),
    via: "IDENTITY",
    masking: false,
  }));
}
