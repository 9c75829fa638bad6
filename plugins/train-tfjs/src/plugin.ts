import { definePlugin } from "@clew/plugin-sdk";
import { loadBackend, TRAINING_INPUTS } from "@clew/plugin-tabular";
import { OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { train } from "./train.ts";

export const plugin = definePlugin({
  name: "train-tfjs",
  version: "1.2.0",
  description: "Trains a dense net on tabular datasets with TensorFlow.js, and the baselines to compare it with.",
  runType: "TRAINING",
  inputs: TRAINING_INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 4096, timeoutSeconds: 3600 },
  environment: async ({ backend }) => (await loadBackend(backend)).environment,
  run: train,
});
