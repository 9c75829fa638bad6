export * from "./define-plugin.ts";
export * from "./job.ts";
export * from "./plugin-failure.ts";
export * from "./serve-plugin.ts";
export type {
  Anomaly,
  Column,
  ColumnLineage,
  ColumnStatistics,
  DriftMeasure,
  FailureType,
  GateRuleOutcome,
  ManifestFile,
  MetricValue,
  ModelSignature,
  Prediction,
  ReportSlice,
  ReportType,
  SignatureField,
  Verdict,
} from "@clew/schema";
export { digestOf, fromMetricValue, newInferenceId, Sha256, toMetricValue } from "@clew/schema";
