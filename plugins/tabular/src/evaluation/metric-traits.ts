import { CLASS_METRICS, ClassRows } from "../class-rows.ts";
import { REGRESSION_METRICS, type RegressionRows } from "../regression-rows.ts";
import { METRICS, ScoredRows } from "../scored-rows.ts";

/** Rows with what a model answered for them: probabilities, of one class or of several, or numbers. */
export type MeasuredRows = ScoredRows | ClassRows | RegressionRows;
export type Metrics = Record<string, number>;

export interface MetricTraits {
  /** unit: from 0 to 1; positive: from 0 on; real: any number. */
  scale: "unit" | "positive" | "real";
  /** Null where neither more nor less of it makes a better model. */
  better: "higher" | "lower" | null;
}

export const METRIC_TRAITS = {
  roc_auc: { scale: "unit", better: "higher" },
  average_precision: { scale: "unit", better: "higher" },
  log_loss: { scale: "positive", better: "lower" },
  brier_score: { scale: "unit", better: "lower" },
  accuracy: { scale: "unit", better: "higher" },
  precision: { scale: "unit", better: "higher" },
  recall: { scale: "unit", better: "higher" },
  f1: { scale: "unit", better: "higher" },
  selection_rate: { scale: "unit", better: null },
  false_positive_rate: { scale: "unit", better: "lower" },
  balanced_accuracy: { scale: "unit", better: "higher" },
  precision_macro: { scale: "unit", better: "higher" },
  precision_weighted: { scale: "unit", better: "higher" },
  recall_macro: { scale: "unit", better: "higher" },
  recall_weighted: { scale: "unit", better: "higher" },
  f1_macro: { scale: "unit", better: "higher" },
  f1_weighted: { scale: "unit", better: "higher" },
  roc_auc_ovr: { scale: "unit", better: "higher" },
  roc_auc_ovr_weighted: { scale: "unit", better: "higher" },
  mae: { scale: "positive", better: "lower" },
  rmse: { scale: "positive", better: "lower" },
  r2: { scale: "real", better: "higher" },
  mean_error: { scale: "real", better: null },
  error_p5: { scale: "real", better: null },
  error_p50: { scale: "real", better: null },
  error_p95: { scale: "real", better: null },
  absolute_error_p50: { scale: "positive", better: "lower" },
  absolute_error_p90: { scale: "positive", better: "lower" },
} as const satisfies Record<string, MetricTraits>;
export type MetricName = keyof typeof METRIC_TRAITS;

/** The metrics that a model and its own baselines are compared by: of probabilities of one class those that need no threshold. */
const COMPARED = {
  probability: ["roc_auc", "average_precision", "log_loss", "brier_score"],
  classes: ["accuracy", "balanced_accuracy", "f1_macro", "log_loss", "roc_auc_ovr"],
  number: ["mae", "rmse", "r2"],
} as const satisfies Record<string, MetricName[]>;

/** What a report says of such rows. */
export function metricsOf(rows: MeasuredRows): readonly MetricName[] {
  if (rows instanceof ClassRows) return CLASS_METRICS;
  return rows instanceof ScoredRows ? METRICS : REGRESSION_METRICS;
}

/** All metrics of such rows, those that only gates ask for too. */
export function measureAll(rows: MeasuredRows, counts?: Uint16Array): Metrics {
  if (!(rows instanceof ScoredRows)) return rows.measure(counts);
  const metrics = rows.measure(counts);
  const { tp, fp, tn, fn } = rows.confusion(counts);
  const rates = { selection_rate: (tp + fp) / (tp + fp + tn + fn), false_positive_rate: fp / (fp + tn) };
  return { ...metrics, ...rates };
}

export function comparedOf(rows: MeasuredRows): readonly MetricName[] {
  if (rows instanceof ClassRows) return COMPARED.classes;
  return COMPARED[rows instanceof ScoredRows ? "probability" : "number"];
}

/** How much better the model is by a metric. */
export function gain(name: MetricName, model: Metrics, baseline: Metrics): number {
  const difference = model[name]! - baseline[name]!;
  return METRIC_TRAITS[name].better === "lower" ? -difference : difference;
}
