import { type Anomaly, PREDICTION_ANOMALIES_MAX } from "@clew/plugin-sdk";
import { compileRecordCheck, type DataSchema, environmentsOf, isExpectedIn } from "@clew/plugin-tabular";
import type { Batch, TensorSpec } from "./models/servable-model.ts";
import { BadRequest } from "./open-inference/bad-request.ts";

/** A request whose rows the data schema does not allow. */
export class UnlikeSchema extends BadRequest {
  readonly batch: Batch;
  readonly anomalies: readonly Anomaly[];

  constructor(batch: Batch, anomalies: readonly Anomaly[]) {
    super(`the inputs are not as the data schema says: ${anomalies.slice(0, SHOWN_MAX).map(shown).join("; ")}`, 422);
    this.batch = batch;
    this.anomalies = anomalies;
  }
}

const SHOWN_MAX = 10;

function shown({ type, message, count }: Anomaly): string {
  return `${message} (${type}, ${count} ${count === 1 ? "row" : "rows"})`;
}

/** Whether a request is answered whose rows are not as the schema says; one with warnings only always is. */
export type OnAnomaly = "flag" | "reject";

/**
 * What in a request the data schema does not allow: one anomaly for each column and kind, with the rows concerned, errors first.
 * @throws {UnlikeSchema} where such a request is to be rejected
 */
export type RequestCheck = (batch: Batch) => Anomaly[];

/** The environment of a data schema that a request belongs to. */
const SERVING = "SERVING";

/**
 * Holds requests to the schema that the training's data were held to: of its columns those that the model takes, in the environment SERVING
 * where the schema has one.
 */
export function compileRequestCheck(
  schema: DataSchema,
  inputs: readonly TensorSpec[],
  onAnomaly: OnAnomaly,
): RequestCheck {
  const check = compileRecordCheck(schema, new Set(inputs.map(({ name }) => name)));
  const environment = environmentsOf(schema).has(SERVING) ? SERVING : undefined;
  return (batch) => {
    const found = new Map<string, Anomaly>();
    for (let row = 0; row < batch.rows; row++) {
      for (const anomaly of check(recordOf(batch, inputs, row), environment)) count(found, anomaly);
    }
    if (found.size === 0) return [];
    const anomalies = errorsFirst([...found.values()]).slice(0, PREDICTION_ANOMALIES_MAX);
    if (onAnomaly === "reject" && anomalies[0]!.severity === "ERROR") throw new UnlikeSchema(batch, anomalies);
    return anomalies;
  };
}

/** A tensor of several elements a row is there, whatever it holds. */
function recordOf({ tensors }: Batch, inputs: readonly TensorSpec[], row: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name, width } of inputs) record[name] = width === 1 ? tensors.get(name)![row] : tensors.get(name);
  return record;
}

function count(found: Map<string, Anomaly>, anomaly: Anomaly): void {
  const key = `${anomaly.type} ${anomaly.column}`;
  const before = found.get(key);
  if (before === undefined) found.set(key, anomaly);
  else before.count! += 1;
}

function errorsFirst(anomalies: readonly Anomaly[]): Anomaly[] {
  return anomalies.toSorted((a, b) => Number(a.severity === "WARNING") - Number(b.severity === "WARNING"));
}

/** What of a model's inputs is not checked, or should not be there, in words; empty where schema and model fit. */
export function doubtsAbout(schema: DataSchema, inputs: readonly TensorSpec[]): string[] {
  const columns = new Map(schema.columns.map((column) => [column.name, column]));
  const unchecked = inputs.filter(({ name }) => !columns.has(name)).map(({ name }) => name);
  const environment = environmentsOf(schema).has(SERVING) ? SERVING : undefined;
  const absent = inputs.flatMap(({ name }) => {
    const column = columns.get(name);
    return column === undefined || isExpectedIn(schema, column, environment) ? [] : [name];
  });
  return [
    ...(unchecked.length > 0 ? [`is not checked in ${unchecked.join(", ")}, which the data schema does not name`] : []),
    ...(absent.length > 0 ? [`reads ${absent.join(", ")}, which by the data schema is not there in ${SERVING}`] : []),
  ];
}
