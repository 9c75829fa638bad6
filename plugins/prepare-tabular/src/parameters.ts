import { z } from "zod";
import { ColumnName, QUERY_FIELDS } from "@clew/plugin-tabular";

/** The parts in their order, which are the output's roles too. */
export const PARTS = ["train", "validation", "test"] as const;
export type PartName = (typeof PARTS)[number];

const Share = z.number().positive().max(1);
const Shares = z
  .strictObject({ train: Share, validation: Share.optional(), test: Share.optional() })
  .refine(({ train, validation = 0, test = 0 }) => Math.abs(train + validation + test - 1) < 1e-9, "must sum to 1")
  .describe("Share of the rows in each part; a part that is left out is not made");
export type Shares = z.output<typeof Shares>;

const Columns = z.array(ColumnName).min(1).max(20);
const Cut = z.union([z.string().min(1).max(100), z.number()]);

const SplitParameters = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("random"),
    key: Columns.optional().describe(
      "Rows with the same key are in the same part; without it, the whole row is the key",
    ),
    shares: Shares,
  }),
  z.strictObject({
    by: z.literal("stratified"),
    columns: Columns.describe("Each combination of their values has the same shares"),
    key: Columns.optional().describe("As of a random split"),
    shares: Shares,
  }),
  z.strictObject({
    by: z.literal("group"),
    columns: Columns.describe("Rows with the same values here are in the same part"),
    shares: Shares,
  }),
  z
    .strictObject({
      by: z.literal("time"),
      column: ColumnName.describe("The earliest rows train; rows of one time are in the same part"),
      shares: Shares.optional(),
      cuts: z
        .strictObject({ validation: Cut.optional(), test: Cut.optional() })
        .refine(({ validation, test }) => validation !== undefined || test !== undefined, "must name a part")
        .optional()
        .describe("Instead of shares: the time (UTC without an offset), or the number, at which a part begins"),
    })
    .refine(({ shares, cuts }) => (shares === undefined) !== (cuts === undefined), "needs either shares or cuts"),
]);
export type SplitParameters = z.output<typeof SplitParameters>;

const Deduplicate = z.strictObject({
  by: Columns.optional().describe(
    "Columns of the data: of the rows with the same values one is kept; without it, of the rows that are alike",
  ),
  orderBy: z
    .array(z.strictObject({ column: ColumnName, descending: z.boolean().default(false) }))
    .max(20)
    .default([])
    .describe("Columns of the data: the first row in this order is kept; missing values come last"),
});
export type Deduplicate = z.output<typeof Deduplicate>;

export const Parameters = z.strictObject({
  ...QUERY_FIELDS,
  target: ColumnName.optional().describe("Column of the answer that is to be predicted, without nulls"),
  deduplicate: Deduplicate.optional().describe("What rows of the data are left out before the query sees them"),
  split: SplitParameters.optional().describe("Without it, all rows are the output prepared"),
});
export type Parameters = z.output<typeof Parameters>;
