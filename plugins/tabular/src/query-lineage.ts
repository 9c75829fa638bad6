import { type ColumnLineage, PluginFailure } from "@clew/plugin-sdk";
import { z } from "zod";
import { columnSources } from "./column-sources/index.ts";
import type { TabularDatabase } from "./tabular-database.ts";

export const ColumnName = z.string().min(1).max(255);

/** Where a column of the query's answer comes from, for queries that it cannot be read off. */
const StatedSource = z.strictObject({
  column: ColumnName,
  from: z
    .array(z.strictObject({ input: z.enum(["data", "join"]), column: ColumnName }))
    .min(1)
    .max(50),
  via: z.enum(["IDENTITY", "TRANSFORMATION", "AGGREGATION"]).default("TRANSFORMATION"),
  expression: z.string().max(500).optional(),
});

/** The parameters of every plugin that makes features by a query. */
export const QUERY_FIELDS = {
  sql: z
    .string()
    .min(1)
    .max(100_000)
    .default("SELECT * FROM data")
    .describe("A SELECT over the view data and the joined datasets' views, in DuckDB's SQL"),
  sources: z
    .array(StatedSource)
    .default([])
    .describe("Column lineage where the query hides it; it is read off SELECTs, joins, subqueries, WITH and UNION"),
  forbidden: z
    .array(ColumnName)
    .default([])
    .describe("Columns known only after the event: no feature may have such a name or come from such a column"),
};
const QueryParameters = z.strictObject(QUERY_FIELDS);

export interface FeatureQuery extends z.output<typeof QueryParameters> {
  /** What is predicted: it is what is only known afterwards. */
  target?: string | undefined;
}

/**
 * Where these columns of a query's answer come from: as the parameters state it, else as it is read off the query.
 * @param said the parameter that names the columns
 * @throws {PluginFailure} BAD_PARAMETERS where a column's origin is neither stated nor to be read off, or where a column other than
 * the target comes from a forbidden one, or is the target itself by another name.
 */
export async function lineageOf(
  database: TabularDatabase,
  query: FeatureQuery,
  columns: readonly string[],
  said: string,
): Promise<ColumnLineage[]> {
  const read = await columnSources(database, query.sql, columns);
  const lineage = columns.map((column) => stated(query, column) ?? read.get(column) ?? unknown(column));
  refuseForbidden(query, lineage, said);
  refuseCopies(query, lineage, said);
  return lineage;
}

function refuseCopies({ target }: FeatureQuery, lineage: readonly ColumnLineage[], said: string): void {
  const told = originOf(lineage.find(({ column }) => column === target));
  if (told === null) return;
  const copy = lineage.find((one) => one.column !== target && originOf(one) === told);
  if (copy === undefined) return;
  throw new PluginFailure("BAD_PARAMETERS", `${said}: ${copy.column} is the target ${target} by another name`);
}

/** Of a column that is another one as it stands; else null. */
function originOf(lineage: ColumnLineage | undefined): string | null {
  const [source, ...others] = lineage?.from ?? [];
  return source === undefined || others.length > 0 || lineage?.via !== "IDENTITY" ? null : placeOf(source);
}

function placeOf({ input, dataset, column }: ColumnLineage["from"][number]): string {
  return JSON.stringify([input, dataset, column]);
}

/** Of the columns beside the target: those that come from where the target comes from, as its label by another name does. */
export function leaksIn(lineage: readonly ColumnLineage[], target: string): string[] {
  const told = new Set(lineage.find(({ column }) => column === target)?.from.map(placeOf));
  return lineage.flatMap(({ column, from }) => {
    const shared = column === target ? undefined : from.find((source) => told.has(placeOf(source)));
    return shared === undefined ? [] : [`${column} comes from ${shared.column}, as the target ${target} does`];
  });
}

function stated({ sources }: FeatureQuery, column: string): ColumnLineage | undefined {
  const source = sources.find((candidate) => candidate.column === column);
  return source === undefined ? undefined : { ...source, masking: false };
}

function unknown(column: string): never {
  throw new PluginFailure(
    "BAD_PARAMETERS",
    `sources: where ${column} comes from cannot be read off the sql, so it must be stated`,
  );
}

function refuseForbidden({ forbidden, target }: FeatureQuery, lineage: readonly ColumnLineage[], said: string): void {
  const banned = new Set(forbidden.map((name) => name.toLowerCase()));
  for (const { column, from } of lineage) {
    if (column === target) continue;
    const culprit = [column, ...from.map((source) => source.column)].find((name) => banned.has(name.toLowerCase()));
    if (culprit === undefined) continue;
    throw new PluginFailure("BAD_PARAMETERS", `${said}: ${column} uses ${culprit}, which is forbidden`);
  }
}
