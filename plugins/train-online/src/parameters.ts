import { z } from "zod";
import { BackendChoice, ColumnName, NUMBER_LOSS_FIELDS, QUERY_FIELDS } from "@clew/plugin-tabular";

export const Parameters = z.strictObject({
  sources: QUERY_FIELDS.sources,
  forbidden: QUERY_FIELDS.forbidden,
  timeColumn: ColumnName.optional().describe(
    "Column of the answer: a version's rows are learnt in its order. Without it, in one that follows from their values",
  ),
  learningRate: z.number().positive().max(1).default(0.001).describe("Of Adam"),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(64)
    .describe("Rows that are scored, and then learnt, at a time"),
  reportRows: z
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe("Rows that each point of a metric is of, in whole batches"),
  ...NUMBER_LOSS_FIELDS,
  backend: BackendChoice.default("auto"),
});
export type Parameters = z.output<typeof Parameters>;
