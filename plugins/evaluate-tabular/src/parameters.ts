import { z } from "zod";
import { BackendChoice } from "@clew/plugin-tabular";
import { Gate } from "./gates/gate-parameters.ts";

const Slices = z.strictObject({
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

const Cross = z.strictObject({
  name: z.string().min(1).max(255).describe("What gates call it"),
  of: z.array(z.string().min(1).max(255)).min(2).max(5).describe("Names of slices"),
  maxValues: z.number().int().min(1).max(200).default(50).describe("The combinations with the most rows get a slice"),
  minRows: z.number().int().min(1).optional().describe("Instead of minSliceRows"),
});

export const Parameters = z.strictObject({
  slices: z.array(Slices).max(20).default([]).describe("What the rows are cut by; each value is a slice of its own"),
  crosses: z
    .array(Cross)
    .max(20)
    .default([])
    .describe("Combinations of slices: each combination of values is a slice of its own"),
  minSliceRows: z.number().int().min(1).default(30).describe("Smaller slices are left out"),
  gates: z
    .array(Gate)
    .max(50)
    .default([])
    .describe("What the model must keep to; the report's verdict follows from them"),
  resamples: z.number().int().min(50).max(5000).default(200).describe("Bootstrap resamples for each interval"),
  threshold: z.number().min(0).max(1).optional().describe("Instead of the one that the model came with"),
  predictions: z.boolean().default(false).describe("Keep predictions.csv: slices, label and probabilities of each row"),
  backend: BackendChoice.default("auto"),
});
export type Parameters = z.output<typeof Parameters>;
