import type { ColumnLineage, ModelSignature } from "@clew/plugin-sdk";
import { readTable, type Table, TabularDatabase, viewsOf, type Wanted, wantedFor } from "@clew/plugin-tabular";
import { lineageOf } from "./column-lineage.ts";
import type { TrainingJob } from "./job-types.ts";
import type { Parameters } from "./parameters.ts";

export interface TrainingInputs {
  /** Sorted by the time column, where there is one. */
  table: Table;
  lineage: ColumnLineage[];
  signature: ModelSignature;
}

/** @throws {PluginFailure} BAD_PARAMETERS or BAD_INPUT where query, features and inputs do not fit together. */
export async function readInputs({ inputs, parameters }: TrainingJob): Promise<TrainingInputs> {
  const database = await TabularDatabase.open(viewsOf(inputs.data, inputs.join));
  try {
    const table = await readTable(database, parameters.sql, wantedColumns(parameters));
    const lineage = await lineageOf(database, parameters);
    return { table, lineage, signature: await signatureOf(database, parameters) };
  } finally {
    database[Symbol.dispose]();
  }
}

function wantedColumns({ timeColumn, target, features, baselines }: Parameters): Wanted[] {
  const time: Wanted[] = timeColumn === undefined ? [] : [{ column: timeColumn, as: "time" }];
  const own = baselines.flatMap((baseline) => (baseline.features === "all" ? [] : baseline.features));
  return [...time, { column: target, as: "boolean" }, ...[...features, ...own].map(wantedFor)];
}

/** What the model takes: the features' columns as the query gives them. It answers the probability of a 1. */
async function signatureOf(database: TabularDatabase, { sql, features }: Parameters): Promise<ModelSignature> {
  const taken = new Set(features.map((feature) => feature.column));
  const columns = await database.describeQuery(sql);
  return {
    inputs: columns.filter((column) => taken.has(column.name)),
    outputs: [{ name: "probability", type: "DOUBLE" }],
  };
}
