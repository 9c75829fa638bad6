import { z } from "zod";
import { BackendChoice, Feature } from "@clew/plugin-tabular";

const Name = z.string().min(1).max(255);

/** Where a column of the query's answer comes from, for queries that it cannot be read off. */
const Source = z.strictObject({
  column: Name,
  from: z
    .array(z.strictObject({ input: z.enum(["data", "join"]), column: Name }))
    .min(1)
    .max(50),
  via: z.enum(["IDENTITY", "TRANSFORMATION", "AGGREGATION"]).default("TRANSFORMATION"),
  expression: z.string().max(500).optional(),
});

/** A logistic regression on a few features, fitted to convergence on the training part. */
const BaselineParameters = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,40}$/)
    .refine((name) => name !== "majority", "majority is the baseline that is always there"),
  features: z.union([z.literal("all"), z.array(Feature).min(1)]).describe("Its own features, or all of the net's"),
  c: z.number().positive().default(1).describe("Inverse strength of the L2 penalty, as in scikit-learn"),
});

const NetworkParameters = z.strictObject({
  hiddenUnits: z.array(z.number().int().min(1).max(4096)).max(8).default([32]).describe("Units of each hidden layer"),
  dropout: z.number().min(0).max(0.95).default(0.3).describe("Share of the hidden units dropped in training"),
  inputDropout: z.number().min(0).max(0.95).default(0).describe("Share of the inputs dropped in training"),
  l2: z.number().min(0).default(0.001).describe("Penalty on the squared weights"),
  learningRate: z.number().positive().max(1).default(0.001).describe("Of Adam"),
  learningRateDecay: z.number().positive().max(1).default(1).describe("Factor on the learning rate after every epoch"),
  batchSize: z.number().int().min(1).max(65_536).default(512),
  maxEpochs: z.number().int().min(1).max(1000).default(20),
  patience: z.number().int().min(1).max(1000).default(3).describe("Epochs without a lower loss on the held-out part"),
  members: z.number().int().min(1).max(10).default(1).describe("Nets that are trained and averaged"),
});
export type NetworkParameters = z.output<typeof NetworkParameters>;

export const Parameters = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(100_000)
    .default("SELECT * FROM data")
    .describe("A SELECT over the view data and the joined datasets' views, in DuckDB's SQL"),
  target: Name.describe("Column of the answer that is predicted: 0 and 1, or false and true, without nulls"),
  features: z.array(Feature).min(1).max(1000),
  sources: z
    .array(Source)
    .default([])
    .describe("Column lineage where the query hides it; it is read off plain SELECTs"),
  forbidden: z
    .array(Name)
    .default([])
    .describe("Columns known only after the event: no feature may have such a name or come from such a column"),
  timeColumn: Name.optional().describe(
    "Column of the answer; the last rows by it are held out. Without it: random rows",
  ),
  validationFraction: z.number().min(0.01).max(0.9).default(0.2).describe("Share of the rows held out"),
  threshold: z
    .union([z.literal("f1"), z.number().min(0).max(1)])
    .default("f1")
    .describe("Probability from which a row counts as positive; f1: the one with the highest F1 on the held-out part"),
  network: NetworkParameters.prefault({}),
  baselines: z
    .array(BaselineParameters)
    .max(10)
    .default([])
    .describe("Besides the majority class, which is always there"),
  backend: BackendChoice.default("auto"),
});
export type Parameters = z.output<typeof Parameters>;
