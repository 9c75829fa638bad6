import type { Job } from "@clew/plugin-sdk";
import { TRAINING_INPUTS } from "@clew/plugin-tabular";
import type { Parameters } from "./parameters.ts";

export const INPUTS = TRAINING_INPUTS;

const part = (description: string) => ({ type: "DatasetVersion", description, required: false }) as const;

export const OUTPUTS = {
  prepared: part("Without a split: all rows"),
  train: part("With a split: the rows to train on"),
  validation: part("With a split that has it: the rows to choose by"),
  test: part("With a split that has it: the rows to evaluate on"),
} as const;

export type PreparationJob = Job<typeof Parameters, typeof INPUTS, typeof OUTPUTS>;
