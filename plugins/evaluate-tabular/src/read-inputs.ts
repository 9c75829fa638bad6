import { PluginFailure } from "@clew/plugin-sdk";
import {
  labelsOf,
  quoteName,
  readTable,
  type Table,
  TabularDatabase,
  type TabularPipeline,
  viewsOf,
  type Wanted,
  wantedFor,
  withoutEnd,
} from "@clew/plugin-tabular";
import type { EvaluationJob } from "./job-types.ts";
import type { Slices } from "./parameters.ts";

export interface EvaluationInputs {
  table: Table;
  labels: Uint8Array;
}

/** The column of the table that holds a slice's values. */
export function sliceColumn({ name }: Slices): string {
  return `slice ${name}`;
}

/**
 * Reads the rows by the model's own query.
 * @throws {PluginFailure} BAD_INPUT where the data do not fit the query, BAD_PARAMETERS where a slice does not.
 */
export async function readInputs(job: EvaluationJob, pipeline: TabularPipeline): Promise<EvaluationInputs> {
  const { inputs, parameters } = job;
  const database = await TabularDatabase.open(viewsOf(inputs.data, inputs.join));
  try {
    const sql = slicedQuery(pipeline.sql, parameters.slices);
    await requireColumns(database, pipeline);
    await database.requireRows(pipeline.sql);
    const table = await readTable(database, sql, wantedColumns(pipeline, parameters.slices));
    return { table, labels: labelsOf(table, pipeline.target) };
  } finally {
    database[Symbol.dispose]();
  }
}

function slicedQuery(sql: string, slices: readonly Slices[]): string {
  const columns = slices.map(
    (slice) => `${slice.expression ?? quoteName(slice.name)} AS ${quoteName(sliceColumn(slice))}`,
  );
  return `SELECT ${["*", ...columns].join(", ")} FROM (${withoutEnd(sql)}\n)`;
}

/** A column that the model's query lacks on these data is the data's fault, not the parameters'. */
async function requireColumns(database: TabularDatabase, pipeline: TabularPipeline): Promise<void> {
  const present = new Set((await database.describeQuery(pipeline.sql, "BAD_INPUT")).map((column) => column.name));
  const missing = wantedColumns(pipeline, []).find(({ column }) => !present.has(column));
  if (missing !== undefined) throw new PluginFailure("BAD_INPUT", `the data have no column ${missing.column}`);
}

function wantedColumns({ target, features, baselines }: TabularPipeline, slices: readonly Slices[]): Wanted[] {
  const own = baselines.flatMap((baseline) => (baseline.kind === "logistic" ? baseline.features : []));
  const cut = slices.map((slice): Wanted => ({ column: sliceColumn(slice), as: "text" }));
  return [{ column: target, as: "boolean" }, ...[...features, ...own].map(wantedFor), ...cut];
}
