import type { Job } from "@clew/plugin-sdk";
import { JOIN_INPUT } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";

export const INPUTS = {
  model: { type: "ModelVersion", description: "What answers: tfjs-layers, xgboost-json or onnx" },
  data: { type: "DatasetVersion", description: "The rows to score: one SQL view named data", many: true },
  join: JOIN_INPUT,
} as const;

export const OUTPUTS = {
  predictions: {
    type: "DatasetVersion",
    description: "The model's answers beside the columns that are kept, as Parquet",
  },
  rejected: {
    type: "DatasetVersion",
    description: "With setAside: the rows that were not scored, and why, as Parquet; none where there are none",
    required: false,
  },
} as const;

export type ScoringJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
