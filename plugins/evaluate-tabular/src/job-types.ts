import type { Job } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  model: { type: "ModelVersion", description: "What train-tfjs or train-xgboost made" },
  baseline: {
    type: "ModelVersion",
    description: "A model to compare with, of the same query and target: the champion",
    required: false,
  },
  data: { type: "DatasetVersion", description: "The rows to score: one SQL view named data", many: true },
  join: {
    type: "DatasetVersion",
    description: "The tables that the model's query joins: each dataset is a SQL view of its name",
    many: true,
    required: false,
  },
} as const;

export const OUTPUTS = {
  report: {
    type: "Report",
    description: "Metrics with intervals, calibration, slices, the baselines' metrics, and the gates' answers",
  },
} as const;

export type EvaluationJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
