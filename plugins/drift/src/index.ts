export { chiSquaredContingency, type ChiSquaredTest, type Wasserstein, wasserstein } from "./measures.ts";
export * from "./decide.ts";
export * from "./hash.ts";
export * from "./options.ts";
export * from "./report.ts";
export * from "./samples.ts";
export * from "./window-sample.ts";
