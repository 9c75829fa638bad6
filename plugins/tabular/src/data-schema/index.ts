export * from "./data-profile.ts";
export * from "./data-schema.ts";
export * from "./format-schema.ts";
export * from "./infer-schema.ts";
export { DATE, microsecondsOf, TIMESTAMP } from "./iso-times.ts";
export { stringMisfit } from "./read-value.ts";
export * from "./record-check.ts";
export * from "./row-rules.ts";
