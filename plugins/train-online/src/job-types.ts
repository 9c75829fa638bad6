import type { Job } from "@clew/plugin-sdk";
import { TRAINING_INPUTS } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  model: { type: "ModelVersion", description: "The net to go on from, of train-tfjs or of this plugin" },
  data: {
    type: "DatasetVersion",
    description: "New rows: each version is learnt by itself, in the order given",
    many: true,
  },
  join: TRAINING_INPUTS.join,
} as const;

export const OUTPUTS = {
  model: { type: "ModelVersion", description: "The net after the last row, with the state of its optimizer" },
} as const;

export type OnlineJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
