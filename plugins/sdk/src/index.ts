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
export {
  fromMetricValue,
  newInferenceId,
  PREDICTION_ANOMALIES_MAX,
  PREDICTION_ELEMENTS_MAX,
  toMetricValue,
} from "@clew/schema";
