import { definePlugin } from "@clew/plugin-sdk";
import { exportModel } from "./export-model.ts";
import { INPUTS, OUTPUTS, Parameters } from "./job-types.ts";

export const plugin = definePlugin({
  name: "export-model",
  version: "0.1.0",
  description:
    "Exports a model with its lineage id inside: ONNX with metadata, or a web page that runs it in the browser.",
  runType: "EXPORT",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 4096, timeoutSeconds: 600 },
  run: exportModel,
});
