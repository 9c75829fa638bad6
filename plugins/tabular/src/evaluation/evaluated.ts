import { type MetricValue, type ReportSlice, toMetricValue, toMetricValues } from "@clew/plugin-sdk";
import type { OneClass } from "../class-rows.ts";
import type { Confusion } from "../scored-rows.ts";
import type { Calibration } from "./calibration.ts";
import { gain, type MetricName, type Metrics } from "./metric-traits.ts";
import type { Interval } from "./percentile.ts";
import { MAX_SLICES } from "./slice-rows.ts";

/** Rows as they were measured. */
export interface Measured {
  rows: number;
  /** Of a classifier of one class. */
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

/** What is said of the probability of one class only. */
export interface ClassifierParts {
  threshold: number;
  confusion: Confusion;
}

/** What is said of probabilities of several classes only, in the classes' order. */
export interface ClassesParts {
  byClass: OneClass[];
  /** Rows by their class, then by the class that was predicted. */
  confusionMatrix: number[][];
}

export interface Evaluated extends Measured, Partial<ClassifierParts>, Partial<ClassesParts> {
  /** Of probabilities; of several classes those of the class that is predicted, which say how often it is right. */
  calibration?: Calibration;
  baselines: EvaluatedBaseline[];
  slices: EvaluatedSlice[];
}

/**
 * The report's metrics, flat, so that a gate can name one: `roc_auc`, `roc_auc_low`, `roc_auc_high`, `logistic_roc_auc`,
 * `gain_over_logistic_roc_auc` with `_low` and `_high`, …. A gain is positive where the model is better, for losses too.
 */
export function reportMetrics(evaluated: Evaluated): Record<string, MetricValue> {
  const { rows, positives, threshold, byClass, calibration } = evaluated;
  const flat: Record<string, number> = { rows };
  if (positives !== undefined && threshold !== undefined) Object.assign(flat, { positives, threshold });
  if (byClass !== undefined) flat["classes"] = byClass.length;
  if (calibration !== undefined) {
    Object.assign(flat, {
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

/** What a report calls each class, as if it were a slice. */
export const CLASS_SLICE = "class";

/**
 * Metrics that a slice does not define (ROC AUC with one class only) are NaN, tagged. Where there are several classes, each stands behind the slices: how it
 * is told from all others, of all rows.
 * @param classes their names
 */
export function reportSlices({ slices, byClass = [] }: Evaluated, classes: readonly string[] = []): ReportSlice[] {
  const cut = slices.map(({ where, rows, positives, metrics, intervals }) => ({
    slice: where,
    count: rows,
    metrics: toMetricValues(positives === undefined ? metrics : { ...metrics, positives }),
    intervals: Object.fromEntries(
      Object.entries(intervals).map(([name, interval]) => [name, taggedInterval(interval)]),
    ),
  }));
  const told = byClass.map(({ rows, rocAuc, ...said }, place) => ({
    slice: { [CLASS_SLICE]: classes[place]! },
    count: rows,
    metrics: toMetricValues({ ...said, roc_auc: rocAuc }),
    intervals: {},
  }));
  return [...cut, ...told].slice(0, MAX_SLICES);
}

function taggedInterval([low, high]: Interval): [MetricValue, MetricValue] {
  return [toMetricValue(low), toMetricValue(high)];
}
