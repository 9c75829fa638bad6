export * from "../conformance/run-conformance.ts";
export { checkParameters, describeFaults, type ParameterFault } from "@clew/schema";
export { hashFile } from "./collect-outputs.ts";
export * from "./declared-manifest.ts";
export * from "./format-manifest.ts";
export * from "./job-spec.ts";
export * from "./load-manifest.ts";
export * from "./run-job.ts";
export * from "../scaffold/scaffold-plugin.ts";
