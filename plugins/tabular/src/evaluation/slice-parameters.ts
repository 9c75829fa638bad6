import { z } from "zod";

/** What rows are cut by. */
export const Slices = z.strictObject({
  name: z.string().min(1).max(255),
  expression: z
    .string()
    .min(1)
    .max(5000)
    .optional()
    .describe("SQL over the answer of the model's query; without it, the column of this name"),
  maxValues: z.number().int().min(1).max(200).default(25).describe("The values with the most rows get a slice"),
});
export type Slices = z.output<typeof Slices>;

export const Cross = z.strictObject({
  name: z.string().min(1).max(255).describe("What gates call it"),
  of: z.array(z.string().min(1).max(255)).min(2).max(5).describe("Names of slices"),
  maxValues: z.number().int().min(1).max(200).default(50).describe("The combinations with the most rows get a slice"),
  minRows: z.number().int().min(1).optional().describe("Instead of minSliceRows"),
});
export type Cross = z.output<typeof Cross>;
