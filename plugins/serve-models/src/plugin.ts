import { definePlugin } from "@clew/plugin-sdk";
import { loadBackend } from "@clew/plugin-tabular";
import { ONNXRUNTIME_VERSION } from "@clew/plugin-models";
import { Parameters } from "./parameters.ts";
import { serveEndpoint, VERSION } from "./serve-endpoint.ts";

export const plugin = definePlugin({
  name: "serve-models",
  version: VERSION,
  description: "Serves an endpoint's models over HTTP by the Open Inference Protocol, and says what it predicted.",
  runType: "SERVING",
  kind: "service",
  inputs: {},
  outputs: {},
  parameters: Parameters,
  resources: { memoryMiB: 2048 },
  environment: async ({ backend }) => ({
    ...(await loadBackend(backend)).environment,
    "onnxruntime.version": ONNXRUNTIME_VERSION,
  }),
  run: serveEndpoint,
});
