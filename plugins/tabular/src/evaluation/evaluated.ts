import { type MetricValue, type ReportSlice, toMetricValue, toMetricValues } from "@clew/plugin-sdk";
import type { Confusion } from "../scored-rows.ts";
import type { Calibration } from "./calibration.ts";
import { gain, type MetricName, type Metrics } from "./metric-traits.ts";
import type { Interval } from "./percentile.ts";

/** Rows as they were measured. */
export interface Measured {
  rows: number;
  /** Of a classifier. */
  positives?: number;
  metrics: Metrics;
  intervals: Record<string, Interval>;
}

export interface EvaluatedSlice extends Measured {
  name: string;
  value: string;
  where: Record<string, string>;
}

export interface EvaluatedBaseline {
  name: string;
  metrics: Metrics;
  /** Intervals of how much better the model is. */
  gains: Record<string, Interval>;
}

/** What is said of probabilities only. */
export interface ClassifierParts {
  threshold: number;
  confusion: Confusion;
  calibration: Calibration;
}

export interface Evaluated extends Measured, Partial<ClassifierParts> {
  baselines: EvaluatedBaseline[];
  slices: EvaluatedSlice[];
}

/**
 * The report's metrics, flat, so that a gate can name one: `roc_auc`, `roc_auc_low`, `roc_auc_high`, `logistic_roc_auc`,
 * `gain_over_logistic_roc_auc` with `_low` and `_high`, …. A gain is positive where the model is better, for losses too.
 */
export function reportMetrics(evaluated: Evaluated): Record<string, MetricValue> {
  const { rows, positives, threshold, calibration } = evaluated;
  const flat: Record<string, number> = { rows };
  if (positives !== undefined && threshold !== undefined && calibration !== undefined) {
    Object.assign(flat, {
      positives,
      threshold,
      expected_calibration_error: calibration.expectedCalibrationError,
      calibration_slope: calibration.slope,
      calibration_intercept: calibration.intercept,
    });
  }
  for (const [name, interval] of Object.entries(evaluated.intervals)) {
    put(flat, name, evaluated.metrics[name]!, interval);
  }
  for (const { name: baseline, metrics, gains } of evaluated.baselines) {
    for (const name of Object.keys(gains) as MetricName[]) {
      flat[`${baseline}_${name}`] = metrics[name]!;
      put(flat, `gain_over_${baseline}_${name}`, gain(name, evaluated.metrics, metrics), gains[name]!);
    }
  }
  return toMetricValues(flat);
}

function put(flat: Record<string, number>, name: string, value: number, [low, high]: Interval): void {
  Object.assign(flat, { [name]: value, [`${name}_low`]: low, [`${name}_high`]: high });
}

/** Metrics that a slice does not define (ROC AUC with one class only) are NaN, tagged. */
export function reportSlices({ slices }: Evaluated): ReportSlice[] {
  return slices.map(({ where, rows, positives, metrics, intervals }) => ({
    slice: where,
    count: rows,
    metrics: toMetricValues(positives === undefined ? metrics : { ...metrics, positives }),
    intervals: Object.fromEntries(
      Object.entries(intervals).map(([name, interval]) => [name, taggedInterval(interval)]),
    ),
  }));
}

function taggedInterval([low, high]: Interval): [MetricValue, MetricValue] {
  return [toMetricValue(low), toMetricValue(high)];
}
