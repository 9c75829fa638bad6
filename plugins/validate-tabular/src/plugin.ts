import { definePlugin } from "@clew/plugin-sdk";
import { INPUTS, OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { validate } from "./validate.ts";

export const plugin = definePlugin({
  name: "validate-tabular",
  version: "1.0.0",
  description:
    "Validates tabular datasets against a data schema: types, presence, domains, uniqueness, duplicates, shift, joins.",
  runType: "VALIDATION",
  inputs: INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 2048, timeoutSeconds: 7200 },
  run: (job) => validate(job),
});
