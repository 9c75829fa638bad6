import { BackendChoice, DataSchema } from "@clew/plugin-tabular";
import { z } from "zod";

/** The query that changes nothing. */
export const AS_THEY_STAND = "SELECT * FROM data";

export const Parameters = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(100_000)
    .default(AS_THEY_STAND)
    .describe(
      "A SELECT over the view data and the joined datasets' views, in DuckDB's SQL; its answer has the columns that the model takes",
    ),
  keep: z
    .array(z.string().min(1).max(255))
    .max(2_000)
    .optional()
    .describe("Columns of the answer that stand beside the predictions, such as keys; without it all do"),
  schema: DataSchema.optional().describe(
    "The data schema that rows are held to, as validate-tabular has it; without it, the one that the model has in data-schema.json",
  ),
  setAside: z.boolean().default(false).describe("Write the output rejected; without it those rows are only counted"),
  scoredBy: z
    .enum(["model", "run"])
    .default("model")
    .describe("Whose id stands in the column scored_by: with model, the same rows and model give the same version"),
  backend: BackendChoice.default("auto").describe("For models of TensorFlow.js"),
});
export type Parameters = z.output<typeof Parameters>;
