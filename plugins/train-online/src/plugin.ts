import { definePlugin } from "@clew/plugin-sdk";
import { loadBackend } from "@clew/plugin-tabular";
import { INPUTS, OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { trainOnline } from "./train-online.ts";

export const plugin = definePlugin({
  name: "train-online",
  version: "1.0.0",
  description:
    "Goes on training a net on new dataset versions, one pass in their order, each batch scored before it is learnt.",
  runType: "TRAINING",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 2048, timeoutSeconds: 7200 },
  environment: async ({ backend }) => (await loadBackend(backend)).environment,
  run: trainOnline,
});
