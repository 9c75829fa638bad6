import { ClassRows } from "../class-rows.ts";
import { RegressionRows } from "../regression-rows.ts";
import { ScoredRows } from "../scored-rows.ts";
import type { Table } from "../table.ts";
import { predictBaseline, type TabularPipeline } from "../tabular-model.ts";
import type { ClassPart, Part } from "./split-rows.ts";

/**
 * What the model and its baselines reach on the held-out part: `val_roc_auc`, …, `val_logistic_roc_auc`, …. The part chose the
 * epoch and the threshold, so these are a little better than what new rows will show.
 */
export function heldOutMetrics(pipeline: TabularPipeline, heldOut: Part, scores: Float64Array): Record<string, number> {
  const measure = (given: Float64Array) => new ScoredRows(heldOut.labels, given, pipeline.threshold).measure();
  const baselines = pipeline.baselines.map((baseline) => {
    const { roc_auc, average_precision, log_loss } = measure(predictBaseline(baseline, heldOut.table));
    return prefixed(`val_${baseline.name}_`, { roc_auc, average_precision, log_loss });
  });
  return Object.assign(prefixed("val_", measure(scores)), ...baselines) as Record<string, number>;
}

/** The same of a model that answers a number: `val_rmse`, `val_mae`, `val_r2`, `val_mean_rmse`, …. */
export function heldOutErrors(
  pipeline: TabularPipeline,
  heldOut: Table,
  targets: Float64Array,
  answers: Float64Array,
): Record<string, number> {
  const baselines = pipeline.baselines.map((baseline) => {
    const { rmse, mae } = new RegressionRows(targets, predictBaseline(baseline, heldOut)).measure();
    return prefixed(`val_${baseline.name}_`, { rmse, mae });
  });
  const { rmse, mae, r2 } = new RegressionRows(targets, answers).measure();
  return Object.assign(prefixed("val_", { rmse, mae, r2 }), ...baselines) as Record<string, number>;
}

/** The same of a model of several classes: `val_log_loss`, `val_f1_macro`, …, `val_majority_log_loss`, …. */
export function heldOutClasses(
  { baselines, classes }: TabularPipeline,
  heldOut: ClassPart,
  scores: Float64Array,
): Record<string, number> {
  const measure = (given: Float64Array) => new ClassRows(heldOut.labels, given, classes!.length).measure();
  const others = baselines.map((baseline) => {
    const { log_loss, accuracy, f1_macro } = measure(predictBaseline(baseline, heldOut.table));
    return prefixed(`val_${baseline.name}_`, { log_loss, accuracy, f1_macro });
  });
  return Object.assign(prefixed("val_", measure(scores)), ...others) as Record<string, number>;
}

function prefixed(prefix: string, metrics: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [prefix + name, value]));
}
