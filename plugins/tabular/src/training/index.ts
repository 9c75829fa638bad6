export * from "./check-parameters.ts";
export * from "./choose-threshold.ts";
export * from "./fit-baselines.ts";
export * from "./held-out-metrics.ts";
export * from "./inputs.ts";
export * from "./parameters.ts";
export * from "./read-inputs.ts";
export * from "./split-rows.ts";
