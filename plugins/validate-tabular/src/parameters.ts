import { z } from "zod";
import { DataSchema, Inference, ShiftBounds } from "@clew/plugin-tabular";

/** How the rows of `data` find those of a table to be joined. */
const Join = z.strictObject({
  dataset: z.string().min(1).max(255).describe("Name of the dataset, as SQL has it: flights/ny-weather is ny_weather"),
  on: z
    .array(z.strictObject({ column: z.string().min(1).max(255), joined: z.string().min(1).max(255) }))
    .min(1)
    .max(20)
    .describe("The key: a column of the schema, and the one of the joined table that it must equal"),
  minMatchedFraction: z.number().min(0).max(1).default(0.95).describe("Share of the rows whose key is found"),
  unique: z.boolean().default(true).describe("Each key at most once in the joined table, so that no row is doubled"),
});
export type Join = z.output<typeof Join>;

/** Fewer values say little about a distribution. */
export const DEFAULT_MIN_ROWS = 100;

const Shift = ShiftBounds.extend({
  minRows: z
    .number()
    .int()
    .min(1)
    .default(DEFAULT_MIN_ROWS)
    .describe("With fewer values on a side a column is not compared"),
  minRowsRatio: z
    .number()
    .nonnegative()
    .nullable()
    .default(0.5)
    .describe("Least rows, in multiples of the reference's; null: any"),
  maxRowsRatio: z.number().positive().nullable().default(2).describe("Most rows"),
});
export type Shift = z.output<typeof Shift>;

export const Parameters = z.strictObject({
  schema: DataSchema.optional().describe(
    "What the data must look like; without it, it is inferred from reference, else from data",
  ),
  environment: z.string().max(63).optional().describe("Columns that are not in this environment need not be there"),
  infer: Inference.prefault({}).describe("How a schema is inferred"),
  shift: Shift.optional().describe("Bounds for the change against reference; without it, only those in the schema"),
  joins: z.array(Join).max(20).default([]),
  setAside: z.boolean().default(false).describe("Write the outputs accepted and rejected"),
});
export type Parameters = z.output<typeof Parameters>;
