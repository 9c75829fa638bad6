import { z } from "zod";
import { BackendChoice, NUMBER_LOSS_FIELDS, TRAINING_FIELDS } from "@clew/plugin-tabular";

const NetworkParameters = z.strictObject({
  hiddenUnits: z.array(z.number().int().min(1).max(4096)).max(8).default([32]).describe("Units of each hidden layer"),
  dropout: z.number().min(0).max(0.95).default(0.3).describe("Share of the hidden units dropped in training"),
  inputDropout: z.number().min(0).max(0.95).default(0).describe("Share of the inputs dropped in training"),
  l2: z.number().min(0).default(0.001).describe("Penalty on the squared weights"),
  ...NUMBER_LOSS_FIELDS,
  learningRate: z.number().positive().max(1).default(0.001).describe("Of Adam"),
  learningRateDecay: z.number().positive().max(1).default(1).describe("Factor on the learning rate after every epoch"),
  batchSize: z.number().int().min(1).max(65_536).default(512),
  maxEpochs: z.number().int().min(1).max(1000).default(20),
  patience: z.number().int().min(1).max(1000).default(3).describe("Epochs without a lower loss on the held-out part"),
  members: z.number().int().min(1).max(10).default(1).describe("Nets that are trained and averaged"),
});
export type NetworkParameters = z.output<typeof NetworkParameters>;

export const Parameters = z.strictObject({
  ...TRAINING_FIELDS,
  network: NetworkParameters.prefault({}),
  backend: BackendChoice.default("auto"),
});
export type Parameters = z.output<typeof Parameters>;
