import { definePlugin } from "@clew/plugin-sdk";
import { INPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { watchEndpoint } from "./watch-endpoint.ts";

export const plugin = definePlugin({
  name: "monitor",
  version: "0.1.0",
  description:
    "Watches what an endpoint predicts: drift, traffic, errors; with labels quality and fairness; and alerts.",
  runType: "MONITORING",
  kind: "service",
  inputs: INPUTS,
  outputs: {},
  parameters: Parameters,
  resources: { memoryMiB: 4096 },
  watches: true,
  run: watchEndpoint,
});
