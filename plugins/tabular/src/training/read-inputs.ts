import { type ColumnLineage, type Job, type LocalInput, type ModelSignature, PluginFailure } from "@clew/plugin-sdk";
import { classesOf, isClassType, isTextType } from "../classes.ts";
import type { ReadAs } from "../column-builder.ts";
import { type DataSchema, SeenRows } from "../data-schema/index.ts";
import { definitionOf, type FeatureDefinition } from "../feature-definition.ts";
import { leaksIn, lineageOf } from "../query-lineage.ts";
import { readTable, type Wanted, wantedFor } from "../read-table.ts";
import type { Table } from "../table.ts";
import { TabularDatabase } from "../tabular-database.ts";
import { viewsOf } from "../tabular-inputs.ts";
import type { Task, TrainingParameters } from "./parameters.ts";

export interface TrainingInputs {
  task: Task;
  /** In the order of the model's answers; none unless the task is multiclass. */
  classes: string[];
  /** Sorted by the time column, where there is one. */
  table: Table;
  lineage: ColumnLineage[];
  signature: ModelSignature;
  /** How the columns of the view `data` are made, where its versions were prepared. */
  definition: FeatureDefinition | undefined;
  /** Of all rows, those that are held out too. */
  schema: DataSchema;
}

export interface TrainingData {
  readonly inputs: { readonly data: readonly LocalInput[]; readonly join: readonly LocalInput[] };
  readonly parameters: TrainingParameters;
  readonly log: Pick<Job["log"], "warn">;
}

/** @throws {PluginFailure} BAD_PARAMETERS or BAD_INPUT where query, features and inputs do not fit together. */
export async function readTrainingInputs({ inputs, parameters, log }: TrainingData): Promise<TrainingInputs> {
  const definition = await definitionOf(inputs.data);
  const database = await TabularDatabase.open(viewsOf(inputs.data, inputs.join));
  try {
    const task = await taskOf(database, parameters);
    const table = await readTable(database, parameters.sql, wantedColumns(parameters, task));
    const classes = task === "multiclass" ? classesOf(table, parameters.target) : [];
    const lineage = await lineageOf(database, parameters, modelColumns(parameters), "features");
    for (const leak of leaksIn(lineage, parameters.target)) log.warn(`features: ${leak}; is it known before?`);
    const signature = await signatureOf(database, parameters, answerFields(task, classes.length));
    const seen = new SeenRows(signature.inputs);
    seen.add(table);
    return { task, classes, table, lineage, signature, definition, schema: seen.schema() };
  } finally {
    database[Symbol.dispose]();
  }
}

async function taskOf(database: TabularDatabase, { sql, target, task, baselines }: TrainingParameters): Promise<Task> {
  const type = (await database.describeQuery(sql)).find(({ name }) => name === target)?.type;
  const asked = task ?? (type !== undefined && isTextType(type) ? "multiclass" : "binary");
  if (asked !== "multiclass") return asked;
  // A file without rows has no types to speak of.
  await database.requireRows(sql);
  if (baselines.length > 0)
    throw new PluginFailure(
      "BAD_PARAMETERS",
      "baselines: of several classes there is majority, and no other is fitted",
    );
  // Reading says which column is not there.
  if (type === undefined || isClassType(type)) return asked;
  throw new PluginFailure("BAD_INPUT", `target ${target} is ${type}: classes are text or whole numbers`);
}

/** The columns of the query's answer that the model sees: its features', then the target. */
function modelColumns({ features, baselines, target }: TrainingParameters): string[] {
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...new Set([...[...features, ...own].map((feature) => feature.column), target])];
}

const READ_AS = { binary: "boolean", multiclass: "text", regression: "number" } as const satisfies Record<Task, ReadAs>;

function wantedColumns({ timeColumn, target, features, baselines }: TrainingParameters, task: Task): Wanted[] {
  const as = READ_AS[task];
  const time: Wanted[] = timeColumn === undefined ? [] : [{ column: timeColumn, as: "time" }];
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...time, { column: target, as }, ...[...features, ...own].map(wantedFor)];
}

/** What the model takes, the features' columns as the query gives them, and what it answers. */
export async function signatureOf(
  database: TabularDatabase,
  { sql, features }: Pick<TrainingParameters, "sql"> & { features: readonly { column: string }[] },
  outputs: ModelSignature["outputs"],
): Promise<ModelSignature> {
  const taken = new Set(features.map((feature) => feature.column));
  const columns = await database.describeQuery(sql);
  return {
    inputs: columns.filter((column) => taken.has(column.name)),
    outputs,
  };
}

/** A probability or a number; of several classes the name of the likeliest, and the probability of each. */
export function answerFields(task: Task, classes = 0): ModelSignature["outputs"] {
  if (task === "multiclass")
    return [
      { name: "label", type: "VARCHAR" },
      { name: "probabilities", type: `DOUBLE[${classes}]` },
    ];
  return [{ name: task === "binary" ? "probability" : "prediction", type: "DOUBLE" }];
}
