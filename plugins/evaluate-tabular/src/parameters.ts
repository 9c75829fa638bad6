import { z } from "zod";
import { BackendChoice } from "@clew/plugin-tabular";
import { Cross, Gate, Slices } from "@clew/plugin-tabular/evaluation";

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
