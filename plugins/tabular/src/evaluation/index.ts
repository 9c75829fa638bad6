export * from "./evaluate-rows.ts";
export * from "./evaluated.ts";
export { checkGates, checkGatesOfModel } from "./gates/check-gates.ts";
export { CHAMPION, Gate } from "./gates/gate-parameters.ts";
export { type GateAnswer, reportedRules, runGates, verdictOf } from "./gates/run-gates.ts";
export * from "./metric-traits.ts";
export { percentile } from "./percentile.ts";
export * from "./slice-parameters.ts";
export * from "./slice-rows.ts";
