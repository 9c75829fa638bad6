import type { Anomaly } from "@clew/plugin-sdk";
import { compileRecordCheck, type DataSchema, environmentsOf, isExpectedIn } from "@clew/plugin-tabular";
import type { Batch, TensorSpec } from "./servable-model.ts";

/** The environment of a data schema that what a model is asked belongs to. */
const SERVING = "SERVING";

/** What in a row of a model's inputs the data schema does not allow. */
export type RowCheck = (batch: Batch, row: number) => Anomaly[];

/** Of the schema's columns those count that the model takes, in the environment SERVING where the schema has one. */
export function compileRowCheck(schema: DataSchema, inputs: readonly TensorSpec[]): RowCheck {
  const check = compileRecordCheck(schema, new Set(inputs.map(({ name }) => name)));
  const environment = environmentOf(schema);
  return (batch, row) => check(recordOf(batch, inputs, row), environment);
}

function environmentOf(schema: DataSchema): string | undefined {
  return environmentsOf(schema).has(SERVING) ? SERVING : undefined;
}

/** A tensor of several elements a row is there, whatever it holds. */
function recordOf({ tensors }: Batch, inputs: readonly TensorSpec[], row: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name, width } of inputs) record[name] = width === 1 ? tensors.get(name)![row] : tensors.get(name);
  return record;
}

/** What of a model's inputs is not checked, or should not be there, in words; empty where schema and model fit. */
export function doubtsAbout(schema: DataSchema, inputs: readonly TensorSpec[]): string[] {
  const columns = new Map(schema.columns.map((column) => [column.name, column]));
  const unchecked = inputs.filter(({ name }) => !columns.has(name)).map(({ name }) => name);
  const environment = environmentOf(schema);
  const absent = inputs.flatMap(({ name }) => {
    const column = columns.get(name);
    return column === undefined || isExpectedIn(schema, column, environment) ? [] : [name];
  });
  return [
    ...(unchecked.length > 0 ? [`is not checked in ${unchecked.join(", ")}, which the data schema does not name`] : []),
    ...(absent.length > 0 ? [`reads ${absent.join(", ")}, which by the data schema is not there in ${SERVING}`] : []),
  ];
}
