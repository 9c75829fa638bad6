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
  Label,
  ManifestFile,
  MetricValue,
  ModelSignature,
  Observed,
  Prediction,
  ReportSlice,
  ReportType,
  SignatureField,
  Verdict,
} from "@clew/schema";
export {
  digestOf,
  fromMetricValue,
  newInferenceId,
  PREDICTION_ANOMALIES_MAX,
  PREDICTION_ELEMENTS_MAX,
  readInferenceId,
  Sha256,
  toMetricValue,
  toMetricValues,
} from "@clew/schema";
