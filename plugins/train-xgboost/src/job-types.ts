import type { Job } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  data: { type: "DatasetVersion", description: "The main table: one SQL view named data", many: true },
  join: {
    type: "DatasetVersion",
    description: "Tables to join: each dataset is a SQL view of its name",
    many: true,
    required: false,
  },
} as const;

export const OUTPUTS = {
  model: { type: "ModelVersion", description: "Boosted trees as XGBoost's JSON, with the pipeline that feeds them" },
} as const;

export type TrainingJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
