import type { Job } from "@clew/plugin-sdk";
import type { TRAINING_INPUTS } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";

export const OUTPUTS = {
  model: { type: "ModelVersion", description: "A TensorFlow.js layers-model with the pipeline that feeds it" },
} as const;

export type TrainingJob = Job<typeof Parameters, typeof TRAINING_INPUTS, typeof OUTPUTS>;
