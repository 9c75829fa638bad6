import { z } from "zod";
import { TrafficMode } from "./states.ts";

/** How many predictions one message may carry. */
export const PREDICTIONS_MAX = 1_000;

const Scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
/** Values by column, one for each row of the request; what is missing, NaN or infinite is null. */
const ColumnValues = z.record(z.string().max(255), z.array(Scalar));

/** An inference, or a request that failed: one record each, whatever rows it has. */
export const Prediction = z.strictObject({
  /** Answered with the inference; labels join by it. */
  id: z.string().min(1).max(200),
  /** Ids; null where a request failed before it was known who would answer it. */
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
});
export type Prediction = z.infer<typeof Prediction>;

/** What a service has predicted since it said so last: `dropped` were more than could be sent on, `sampledOut` were left out by rate. */
export const Predictions = z.strictObject({
  records: z.array(Prediction).max(PREDICTIONS_MAX),
  dropped: z.number().int().nonnegative().default(0),
  sampledOut: z.number().int().nonnegative().default(0),
});
export type Predictions = z.infer<typeof Predictions>;
