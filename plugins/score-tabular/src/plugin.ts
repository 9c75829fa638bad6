import { definePlugin } from "@clew/plugin-sdk";
import { ONNXRUNTIME_VERSION } from "@clew/plugin-models";
import { loadBackend } from "@clew/plugin-tabular";
import { INPUTS, OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { score } from "./score.ts";

export const plugin = definePlugin({
  name: "score-tabular",
  version: "0.1.0",
  description:
    "Scores dataset versions by a model: its answers beside the rows' keys, with the lineage of each column.",
  runType: "SCORING",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 2048, timeoutSeconds: 7200 },
  environment: async ({ backend }) => ({
    ...(await loadBackend(backend)).environment,
    "onnxruntime.version": ONNXRUNTIME_VERSION,
  }),
  run: score,
});
