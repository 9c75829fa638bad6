import { type Anomaly, PREDICTION_ANOMALIES_MAX } from "@clew/plugin-sdk";
import { type Batch, compileRowCheck, type TensorSpec } from "@clew/plugin-models";
import type { DataSchema } from "@clew/plugin-tabular";
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

/** Holds requests to the schema that the training's data were held to. */
export function compileRequestCheck(
  schema: DataSchema,
  inputs: readonly TensorSpec[],
  onAnomaly: OnAnomaly,
): RequestCheck {
  const check = compileRowCheck(schema, inputs);
  return (batch) => {
    const found = new Map<string, Anomaly>();
    for (let row = 0; row < batch.rows; row++) {
      for (const anomaly of check(batch, row)) count(found, anomaly);
    }
    if (found.size === 0) return [];
    const anomalies = errorsFirst([...found.values()]).slice(0, PREDICTION_ANOMALIES_MAX);
    if (onAnomaly === "reject" && anomalies[0]!.severity === "ERROR") throw new UnlikeSchema(batch, anomalies);
    return anomalies;
  };
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
