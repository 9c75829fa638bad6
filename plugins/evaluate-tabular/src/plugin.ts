import { definePlugin } from "@clew/plugin-sdk";
import { loadBackend } from "@clew/plugin-tabular";
import { evaluate } from "./evaluate.ts";
import { INPUTS, OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";

export const plugin = definePlugin({
  name: "evaluate-tabular",
  version: "1.2.0",
  description:
    "Evaluates a model of probabilities, of one class or several, or numbers on tabular datasets: metrics with intervals, calibration, slices, baselines, gates.",
  runType: "EVALUATION",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 4096, timeoutSeconds: 3600 },
  environment: async ({ backend }) => (await loadBackend(backend)).environment,
  run: evaluate,
});
