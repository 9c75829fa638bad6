import type { ColumnLineage, Job, LocalInput, ModelSignature } from "@clew/plugin-sdk";
import { type DataSchema, SeenRows } from "../data-schema/index.ts";
import { definitionOf, type FeatureDefinition } from "../feature-definition.ts";
import { leaksIn, lineageOf } from "../query-lineage.ts";
import { type ReadAs, readTable, type Wanted, wantedFor } from "../read-table.ts";
import type { Table } from "../table.ts";
import { TabularDatabase } from "../tabular-database.ts";
import { viewsOf } from "../tabular-inputs.ts";
import type { TrainingParameters } from "./parameters.ts";

export interface TrainingInputs {
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
    const table = await readTable(database, parameters.sql, wantedColumns(parameters));
    const lineage = await lineageOf(database, parameters, modelColumns(parameters), "features");
    for (const leak of leaksIn(lineage, parameters.target)) log.warn(`features: ${leak}; is it known before?`);
    const signature = await signatureOf(database, parameters);
    const seen = new SeenRows(signature.inputs);
    seen.add(table);
    return { table, lineage, signature, definition, schema: seen.schema() };
  } finally {
    database[Symbol.dispose]();
  }
}

/** The columns of the query's answer that the model sees: its features', then the target. */
function modelColumns({ features, baselines, target }: TrainingParameters): string[] {
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...new Set([...[...features, ...own].map((feature) => feature.column), target])];
}

function wantedColumns({ timeColumn, target, features, baselines, task }: TrainingParameters): Wanted[] {
  const as: ReadAs = task === "binary" ? "boolean" : "number";
  const time: Wanted[] = timeColumn === undefined ? [] : [{ column: timeColumn, as: "time" }];
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...time, { column: target, as }, ...[...features, ...own].map(wantedFor)];
}

/** What the model takes: the features' columns as the query gives them. */
export async function signatureOf(
  database: TabularDatabase,
  { sql, features, task }: Pick<TrainingParameters, "sql" | "task"> & { features: readonly { column: string }[] },
): Promise<ModelSignature> {
  const taken = new Set(features.map((feature) => feature.column));
  const columns = await database.describeQuery(sql);
  return {
    inputs: columns.filter((column) => taken.has(column.name)),
    outputs: [{ name: task === "binary" ? "probability" : "prediction", type: "DOUBLE" }],
  };
}
