import { z } from "zod";
import { TRAINING_FIELDS } from "@clew/plugin-tabular";

const TreesParameters = z.strictObject({
  maxRounds: z.number().int().min(1).max(5000).default(300).describe("Trees; training ends earlier by patience"),
  patience: z.number().int().min(1).max(5000).default(20).describe("Rounds without a lower loss on the held-out part"),
  learningRate: z.number().positive().max(1).default(0.1).describe("What each tree's answer is multiplied with (eta)"),
  maxDepth: z.number().int().min(1).max(16).default(6),
  minChildWeight: z.number().min(0).default(1).describe("Least sum of second derivatives in a leaf"),
  minSplitLoss: z.number().min(0).default(0).describe("Least gain of a split (gamma)"),
  subsample: z.number().positive().max(1).default(1).describe("Share of the rows that each tree sees"),
  columnSample: z.number().positive().max(1).default(1).describe("Share of the encoded columns that each tree sees"),
  l2: z.number().min(0).default(1).describe("Penalty on the squared answers of the leaves (lambda)"),
  l1: z.number().min(0).default(0).describe("Penalty on their absolute values (alpha)"),
});
export type TreesParameters = z.output<typeof TreesParameters>;

export const Parameters = z.strictObject({
  ...TRAINING_FIELDS,
  trees: TreesParameters.prefault({}),
});
export type Parameters = z.output<typeof Parameters>;
