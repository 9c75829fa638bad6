import { definePlugin } from "@clew/plugin-sdk";
import { INPUTS, OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { prepare } from "./prepare.ts";

export const plugin = definePlugin({
  name: "prepare-tabular",
  version: "1.0.0",
  description:
    "Prepares features of tabular datasets by a query: deduplicated, split, with the lineage of each column.",
  runType: "PREPARATION",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 2048, timeoutSeconds: 7200 },
  run: (job) => prepare(job),
});
