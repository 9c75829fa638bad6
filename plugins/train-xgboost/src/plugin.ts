import { definePlugin } from "@clew/plugin-sdk";
import { TRAINING_INPUTS } from "@clew/plugin-tabular";
import { XGBOOST_VERSION } from "./booster-worker.ts";
import { OUTPUTS } from "./job-types.ts";
import { Parameters } from "./parameters.ts";
import { train } from "./train.ts";

export const plugin = definePlugin({
  name: "train-xgboost",
  version: "1.2.0",
  description:
    "Trains boosted trees on tabular datasets with XGBoost, for a yes-or-no question, several classes or a number.",
  runType: "TRAINING",
  inputs: TRAINING_INPUTS,
  outputs: OUTPUTS,
  parameters: Parameters,
  resources: { memoryMiB: 4096, timeoutSeconds: 3600 },
  environment: async () => ({ "ml-xgboost.version": XGBOOST_VERSION }),
  run: train,
});
