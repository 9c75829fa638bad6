import type { Anomaly } from "@clew/plugin-sdk";
import { PluginFailure } from "@clew/plugin-sdk";
import { countOf, type DataSchema, type SchemaColumn, type TabularDatabase, type View } from "@clew/plugin-tabular";
import { anomaly } from "./anomaly.ts";
import type { Side } from "./compare-columns.ts";
import { sampleColumns } from "./infer-table.ts";
import type { Join } from "./parameters.ts";
import { sourceTable, type SourceTable } from "./source.ts";
import { TypedTable } from "./typed-table.ts";

export interface JoinResult {
  anomalies: Anomaly[];
  /** Share of the rows whose key is found, by dataset. */
  matched: Record<string, number>;
}

/** @throws {PluginFailure} BAD_PARAMETERS where joins and inputs do not name the same. */
export function requireJoins(joins: readonly Join[], views: readonly View[]): void {
  const names = views.map(({ name }) => name);
  const missing = joins.find(({ dataset }) => !names.includes(dataset));
  if (missing) throw refusal(`no input join is named ${missing.dataset}; there are: ${names.join(", ") || "none"}`);
  const unsaid = names.find((name) => !joins.some(({ dataset }) => dataset === name));
  if (unsaid !== undefined) throw refusal(`it does not say by what ${unsaid} is joined`);
}

/** @throws {PluginFailure} BAD_PARAMETERS where the schema lacks a key's column. */
export function requireJoinKeys(joins: readonly Join[], schema: DataSchema): void {
  const keys = joins.flatMap(({ on }) => on.map(({ column }) => column));
  const missing = keys.find((column) => !schema.columns.some(({ name }) => name === column));
  if (missing !== undefined) throw refusal(`the schema has no column ${missing}`);
}

function refusal(message: string): PluginFailure {
  return new PluginFailure("BAD_PARAMETERS", `joins: ${message}`);
}

/** Whether each table can be joined: the key's columns and their types, uniqueness, and the share of rows that find theirs. */
export async function checkJoins(
  database: TabularDatabase,
  { typed, profiled }: Side,
  joins: readonly Join[],
  views: readonly View[],
  scratchDir: string,
): Promise<JoinResult> {
  const result: JoinResult = { anomalies: [], matched: {} };
  for (const join of joins) {
    const { files } = views.find(({ name }) => name === join.dataset)!;
    const table = await sourceTable(database, `join_${join.dataset}`, files, scratchDir);
    await checkJoin(database, { data: typed, rows: profiled.rows, join, table }, result);
  }
  return result;
}

interface Checked {
  data: TypedTable;
  rows: number;
  join: Join;
  table: SourceTable;
}

async function checkJoin(
  database: TabularDatabase,
  { data, rows, join, table }: Checked,
  result: JoinResult,
): Promise<void> {
  const { dataset, on, unique, minMatchedFraction } = join;
  const kinds = new Map((await sampleColumns(database, table)).map((column) => [column.name, column]));
  const misfits = on.flatMap((pair) => keyAnomalies(dataset, pair, data, kinds.get(pair.joined)));
  result.anomalies.push(...misfits);
  if (misfits.length > 0) return;
  const keys = on.map(({ column, joined }) => ({ own: indexOf(data, column), other: kinds.get(joined)! }));
  const joined = new TypedTable(
    table,
    keys.map(({ other }) => other),
  );
  const names = keys.map((_, index) => `v${index}`);
  const present = `SELECT ${names.join(", ")}, count(*) AS n FROM ${joined.query()} WHERE ${names.map((name) => `${name} IS NOT NULL`).join(" AND ")} GROUP BY ALL`;
  const repeated = await countOf(database, `SELECT coalesce(sum(n - 1), 0) FROM (${present})`);
  if (unique && repeated > 0) {
    result.anomalies.push(
      anomaly(
        "ERROR",
        "JOIN_KEY_NOT_UNIQUE",
        null,
        `${dataset}: ${repeated} rows repeat a key, a join would double rows`,
        repeated,
      ),
    );
  }
  const equal = keys.map(({ own }, index) => `d.v${own} = j.v${index}`).join(" AND ");
  const found = await countOf(database, `SELECT count(*) FROM ${data.query()} d SEMI JOIN (${present}) j ON ${equal}`);
  const share = rows === 0 ? 1 : found / rows;
  result.matched[dataset] = share;
  if (share >= minMatchedFraction) return;
  const text = `${dataset}: the key of ${found} of ${rows} rows is found, a share of ${minMatchedFraction} is wanted`;
  result.anomalies.push(anomaly("ERROR", "JOIN_LOW_MATCHED_FRACTION", null, text, rows - found));
}

function keyAnomalies(
  dataset: string,
  { column, joined }: Join["on"][number],
  data: TypedTable,
  other: SchemaColumn | undefined,
): Anomaly[] {
  const own = data.columns[indexOf(data, column)];
  if (own === undefined || !data.table.columns.includes(column))
    return [anomaly("ERROR", "JOIN_KEY_MISSING", column, `the data have no column ${column} to join ${dataset} by`)];
  if (other === undefined) return [anomaly("ERROR", "JOIN_KEY_MISSING", column, `${dataset} has no column ${joined}`)];
  if (comparable(own) === comparable(other)) return [];
  return [
    anomaly(
      "ERROR",
      "JOIN_KEY_TYPE_MISMATCH",
      column,
      `${column} is ${own.type}, ${dataset}.${joined} is ${other.type}`,
    ),
  ];
}

function indexOf(data: TypedTable, column: string): number {
  return data.columns.findIndex(({ name }) => name === column);
}

/** Whole and other numbers can be compared, and so can dates and times. */
function comparable({ type }: SchemaColumn): string {
  return type === "INT" ? "FLOAT" : type === "DATE" ? "TIMESTAMP" : type;
}
