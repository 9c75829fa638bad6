import { z } from "zod";
import { Anomaly } from "./report-parts.ts";
import { TrafficMode } from "./states.ts";

/** How many predictions one message may carry. */
export const PREDICTIONS_MAX = 1_000;

/** How many anomalies one record may name. */
export const PREDICTION_ANOMALIES_MAX = 50;

/** Elements of one row that a record keeps of a tensor. */
export const PREDICTION_ELEMENTS_MAX = 64;

const Scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
const RowValue = z.union([Scalar, z.array(Scalar).max(PREDICTION_ELEMENTS_MAX)]);
/**
 * Values by column, one for each row of the request: a scalar, or a list where a row has several elements. What is missing, NaN or infinite is
 * null; so is the whole column where a row has more elements than are kept.
 */
const ColumnValues = z.record(z.string().max(255), z.array(RowValue).nullable());

/** An inference, or a request that failed: one record each, whatever rows it has. */
export const Prediction = z.strictObject({
  /** Answered with the inference; labels join by it. */
  id: z.string().min(1).max(200),
  /** Ids; null where a request failed before it was known who would answer it. Who watches is given no deployment either where one of them is not there. */
  deployment: z.string().nullable(),
  model: z.string().nullable(),
  mode: TrafficMode,
  /** When the request had arrived. */
  at: z.iso.datetime(),
  latencyMs: z.number().nonnegative(),
  rows: z.number().int().nonnegative(),
  /** Null where they were too large to be sent on, or could not be read. */
  inputs: ColumnValues.nullable(),
  outputs: ColumnValues.nullable(),
  /** Why there was no answer, with the HTTP status. */
  error: z.strictObject({ status: z.number().int(), message: z.string().max(1_000) }).nullable(),
  /** What the data schema does not allow in the inputs, once for each column and kind, with the rows concerned; left out where there is nothing. */
  anomalies: z.array(Anomaly).min(1).max(PREDICTION_ANOMALIES_MAX).optional(),
});
export type Prediction = z.infer<typeof Prediction>;

/** What a service has predicted since it said so last: `dropped` were more than could be sent on, `sampledOut` were left out by rate. */
export const Predictions = z.strictObject({
  records: z.array(Prediction).max(PREDICTIONS_MAX),
  dropped: z.number().int().nonnegative().default(0),
  sampledOut: z.number().int().nonnegative().default(0),
});
export type Predictions = z.infer<typeof Predictions>;
