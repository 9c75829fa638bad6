import { PluginFailure } from "@clew/plugin-sdk";
import {
  labelsOf,
  quoteName,
  readTable,
  requireDefinition,
  type Table,
  TabularDatabase,
  type TabularPipeline,
  targetsOf,
  viewsOf,
  type Wanted,
  wantedFor,
  withoutEnd,
} from "@clew/plugin-tabular";
import { sliceColumn, type Slices } from "@clew/plugin-tabular/evaluation";
import type { EvaluationJob } from "./job-types.ts";

export interface EvaluationInputs {
  table: Table;
  /** 0 and 1, or numbers where the model answers such. */
  labels: Uint8Array | Float64Array;
}

/**
 * Reads the rows by the model's own query.
 * @throws {PluginFailure} BAD_INPUT where the data do not fit the query, BAD_PARAMETERS where a slice does not.
 */
export async function readInputs(
  job: EvaluationJob,
  pipeline: TabularPipeline,
  champion: TabularPipeline | null,
): Promise<EvaluationInputs> {
  const { inputs, parameters } = job;
  await requireDefinition(pipeline.definition, inputs.data, (message) => job.log.warn(message));
  const database = await TabularDatabase.open(viewsOf(inputs.data, inputs.join));
  try {
    const sql = slicedQuery(pipeline.sql, parameters.slices);
    const columns = [...wantedColumns(pipeline), ...(champion === null ? [] : featureColumns(champion))];
    await requireColumns(database, pipeline.sql, columns);
    await database.requireRows(pipeline.sql);
    if (pipeline.output !== "number") await refuseClasses(database, pipeline);
    const cut = parameters.slices.map((slice): Wanted => ({ column: sliceColumn(slice), as: "text" }));
    const table = await readTable(database, sql, [...columns, ...cut]);
    const labels = pipeline.output === "number" ? targetsOf : labelsOf;
    return { table, labels: labels(table, pipeline.target) };
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
async function requireColumns(database: TabularDatabase, sql: string, columns: readonly Wanted[]): Promise<void> {
  const present = new Map((await database.describeQuery(sql, "BAD_INPUT")).map(({ name, type }) => [name, type]));
  const missing = columns.find(({ column }) => !present.has(column));
  if (missing !== undefined) throw new PluginFailure("BAD_INPUT", `the data have no column ${missing.column}`);
}

async function refuseClasses(database: TabularDatabase, { sql, target }: TabularPipeline): Promise<void> {
  const classes = await database.one(`SELECT count(DISTINCT ${quoteName(target)}) FROM (${withoutEnd(sql)}\n)`);
  if (Number(classes) <= 2) return;
  const can = "only 0 and 1 can be evaluated, not several classes";
  throw new PluginFailure("BAD_INPUT", `target ${target} has ${classes} values: ${can}`);
}

function wantedColumns(pipeline: TabularPipeline): Wanted[] {
  const own = pipeline.baselines.flatMap((baseline) => ("features" in baseline ? baseline.features : []));
  const target: Wanted = { column: pipeline.target, as: pipeline.output === "number" ? "number" : "boolean" };
  return [target, ...featureColumns(pipeline), ...own.map(wantedFor)];
}

function featureColumns({ features }: TabularPipeline): Wanted[] {
  return features.map(wantedFor);
}
