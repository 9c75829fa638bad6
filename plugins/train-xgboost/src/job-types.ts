import type { Job } from "@clew/plugin-sdk";
import type { TRAINING_INPUTS } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";

export const OUTPUTS = {
  model: { type: "ModelVersion", description: "Boosted trees as XGBoost's JSON, with the pipeline that feeds them" },
} as const;

export type TrainingJob = Job<typeof Parameters, typeof TRAINING_INPUTS, typeof OUTPUTS>;
