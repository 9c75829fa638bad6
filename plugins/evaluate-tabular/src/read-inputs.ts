import { PluginFailure } from "@clew/plugin-sdk";
import {
  classLabelsOf,
  labelsOf,
  quoteName,
  type ReadAs,
  readTable,
  refuseManyAnswers,
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
  /** 0 and 1, or where the model answers such, indexes of classes or numbers. */
  labels: Uint8Array | Int32Array | Float64Array;
}

/**
 * Reads the rows by the model's own query.
 * @throws {PluginFailure} BAD_INPUT where the data do not fit the query or the model's classes, BAD_PARAMETERS where a slice does not.
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
    if (readAs(pipeline) === "boolean") await refuseClasses(database, pipeline);
    const cut = parameters.slices.map((slice): Wanted => ({ column: sliceColumn(slice), as: "text" }));
    const table = await readTable(database, sql, [...columns, ...cut]);
    return { table, labels: labelsFor(pipeline, table) };
  } finally {
    database[Symbol.dispose]();
  }
}

function labelsFor({ target, output, classes }: TabularPipeline, table: Table): EvaluationInputs["labels"] {
  if (classes === undefined) return (output === "number" ? targetsOf : labelsOf)(table, target);
  refuseManyAnswers(table.rows, classes.length);
  return classLabelsOf(table, target, classes);
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
  throw new PluginFailure("BAD_INPUT", `target ${target} has ${classes} values: the model knows 0 and 1 only`);
}

function wantedColumns(pipeline: TabularPipeline): Wanted[] {
  const own = pipeline.baselines.flatMap((baseline) => ("features" in baseline ? baseline.features : []));
  return [{ column: pipeline.target, as: readAs(pipeline) }, ...featureColumns(pipeline), ...own.map(wantedFor)];
}

function readAs({ output, classes }: TabularPipeline): ReadAs {
  if (classes !== undefined) return "text";
  return output === "number" ? "number" : "boolean";
}

function featureColumns({ features }: TabularPipeline): Wanted[] {
  return features.map(wantedFor);
}
