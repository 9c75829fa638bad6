import { setImmediate } from "node:timers/promises";
import {
  type BinaryMetrics,
  LOWER_IS_BETTER,
  METRICS,
  type MetricName,
  randomFrom,
  type ScoredRows,
} from "@clew/plugin-tabular";
import { type Interval, interval95 } from "./percentile.ts";

/** The metrics that a model and a baseline are compared by: those that need no threshold. */
export const COMPARED = ["roc_auc", "average_precision", "log_loss", "brier_score"] as const satisfies MetricName[];
export type ComparedMetric = (typeof COMPARED)[number];

export interface BootstrapResult {
  intervals: Record<MetricName, Interval>;
  /** For each baseline how much better the model is, positive where it is: the interval of the paired differences. */
  gains: Record<ComparedMetric, Interval>[];
}

export interface BootstrapTask {
  model: ScoredRows;
  /** The same rows with the baselines' scores. */
  baselines: readonly ScoredRows[];
  resamples: number;
  seed: number;
  signal: AbortSignal;
}

/**
 * Draws the rows again with replacement, the same draw for the model and the baselines, so that their differences are paired.
 */
export async function bootstrap({
  model,
  baselines,
  resamples,
  seed,
  signal,
}: BootstrapTask): Promise<BootstrapResult> {
  const random = randomFrom(seed);
  const counts = new Uint16Array(model.size);
  const measured: BinaryMetrics[] = [];
  const others: BinaryMetrics[][] = baselines.map(() => []);
  for (let resample = 0; resample < resamples; resample++) {
    draw(counts, random);
    measured.push(model.measure(counts));
    for (const [index, baseline] of baselines.entries()) others[index]!.push(baseline.measure(counts));
    await setImmediate();
    signal.throwIfAborted();
  }
  return { intervals: intervalsOf(measured), gains: others.map((other) => gainIntervals(measured, other)) };
}

function draw(counts: Uint16Array, random: () => number): void {
  counts.fill(0);
  for (let index = 0; index < counts.length; index++) counts[Math.floor(random() * counts.length)]!++;
}

function intervalsOf(measured: readonly BinaryMetrics[]): Record<MetricName, Interval> {
  return byName(METRICS, (name) => interval95(measured.map((metrics) => metrics[name])));
}

function gainIntervals(
  model: readonly BinaryMetrics[],
  baseline: readonly BinaryMetrics[],
): BootstrapResult["gains"][0] {
  return byName(COMPARED, (name) => interval95(model.map((metrics, at) => gain(name, metrics, baseline[at]!))));
}

/** How much better the model is by a metric. */
export function gain(name: MetricName, model: BinaryMetrics, baseline: BinaryMetrics): number {
  const difference = model[name] - baseline[name];
  return LOWER_IS_BETTER.has(name) ? -difference : difference;
}

export function byName<N extends string, T>(names: readonly N[], make: (name: N) => T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<N, T>;
}
