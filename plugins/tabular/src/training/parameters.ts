import { z } from "zod";
import { Feature } from "../features.ts";
import { ColumnName, QUERY_FIELDS } from "../query-lineage.ts";

/** A logistic, or of numbers a linear, regression on a few features, fitted to convergence on the training part. */
const BaselineParameters = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  features: z.union([z.literal("all"), z.array(Feature).min(1)]).describe("Its own features, or all of the model's"),
  c: z
    .number()
    .positive()
    .default(1)
    .describe("Inverse strength of the L2 penalty, as in scikit-learn (of a linear one 1 / alpha)"),
});

/** The parameters that every training on tabular data has. */
export const TRAINING_FIELDS = {
  ...QUERY_FIELDS,
  task: z
    .enum(["binary", "multiclass", "regression"])
    .optional()
    .describe(
      "Whether the model answers a probability, one for each of several classes, or a number; there is a threshold of the first only. Left out: multiclass where the target is text, else binary",
    ),
  target: ColumnName.describe(
    "Column of the answer that is predicted, without nulls: 0 and 1 or false and true; text or whole numbers where the task is multiclass, a number where it is regression",
  ),
  features: z.array(Feature).min(1).max(1000),
  timeColumn: ColumnName.optional().describe(
    "Column of the answer; the last rows by it are held out. Without it: random rows",
  ),
  validationFraction: z.number().min(0.01).max(0.9).default(0.2).describe("Share of the rows held out"),
  threshold: z
    .union([z.literal("f1"), z.number().min(0).max(1)])
    .default("f1")
    .describe("Probability from which a row counts as positive; f1: the one with the highest F1 on the held-out part"),
  baselines: z
    .array(BaselineParameters)
    .max(10)
    .default([])
    .describe(
      "Logistic regressions, or linear ones of numbers, besides the majority class or the mean, which is always there; none of several classes",
    ),
};
const TrainingParameters = z.strictObject(TRAINING_FIELDS);
export type TrainingParameters = z.output<typeof TrainingParameters>;
export type Task = NonNullable<TrainingParameters["task"]>;
