import { setImmediate } from "node:timers/promises";
import { ClassRows } from "../../class-rows.ts";
import { randomFrom } from "../../random.ts";
import { ScoredRows } from "../../scored-rows.ts";
import { draw } from "../bootstrap.ts";
import { measureAll, type MeasuredRows, METRIC_TRAITS, type MetricName, type Metrics } from "../metric-traits.ts";
import type { RowSlice } from "../slice-rows.ts";

/** The share of resamples that must define a metric for it to have a standard error. */
const MIN_DEFINED = 0.9;

/** A metric of some rows, and its values over the resamples once they are drawn. */
export class Estimate {
  readonly metric: MetricName;
  readonly value: number;
  /** Rows that the metric is a share or a mean of. */
  readonly rows: number;
  /** Rows that decide how sure it is: for ROC AUC, and for means over classes, those of the rarest class. */
  readonly support: number;
  readonly draws: Float64Array;

  constructor(metric: MetricName, value: number, counted: { rows: number; support: number }, resamples: number) {
    this.metric = metric;
    this.value = value;
    this.rows = counted.rows;
    this.support = counted.support;
    this.draws = new Float64Array(resamples);
  }

  get scale() {
    return METRIC_TRAITS[this.metric].scale;
  }
}

/** What the resamples say of one or two estimates; NaN where too few define them. */
export function standardError({ draws }: Estimate): number {
  return Math.sqrt(covariance(draws, draws));
}

/** Of the difference of two estimates of the same rows. */
export function pairedError(a: Estimate, b: Estimate): number {
  const variance = covariance(a.draws, a.draws) + covariance(b.draws, b.draws) - 2 * covariance(a.draws, b.draws);
  return Math.sqrt(Math.max(0, variance));
}

export function correlation(a: Estimate, b: Estimate): number {
  const both = standardError(a) * standardError(b);
  return both > 0 ? covariance(a.draws, b.draws) / both : 0;
}

function covariance(a: Float64Array, b: Float64Array): number {
  let [count, sumA, sumB] = [0, 0, 0];
  const isDefined = (at: number) => !Number.isNaN(a[at]!) && !Number.isNaN(b[at]!);
  for (let at = 0; at < a.length; at++) {
    if (!isDefined(at)) continue;
    count++;
    sumA += a[at]!;
    sumB += b[at]!;
  }
  if (count < Math.max(2, MIN_DEFINED * a.length)) return Number.NaN;
  let products = 0;
  for (let at = 0; at < a.length; at++) {
    if (isDefined(at)) products += (a[at]! - sumA / count) * (b[at]! - sumB / count);
  }
  return products / (count - 1);
}

/** Rows whose metrics are wanted. */
interface Subject {
  rows: MeasuredRows;
  /** Their places among all rows. */
  at: Int32Array | null;
  counts: Uint16Array;
  estimates: Map<MetricName, Estimate>;
}

/**
 * The metrics that gates ask for, of models and slices. All are drawn from the same resamples of all rows, so that any two of them are paired:
 * a model and its baseline, a slice and the whole.
 */
export class Estimates {
  readonly #models: ReadonlyMap<string, MeasuredRows>;
  readonly #resamples: number;
  /** Of each slice, or of all rows, by model: what a slice is called does not tell it apart, as the text `null` from no value. */
  readonly #subjects = new Map<RowSlice | null, Map<string, Subject>>();

  constructor(models: ReadonlyMap<string, MeasuredRows>, resamples: number) {
    this.#models = models;
    this.#resamples = resamples;
  }

  /** The same again is the same estimate; `draw` fills in its resamples. */
  want(model: string, slice: RowSlice | null, metric: MetricName): Estimate {
    const subject = this.#subject(model, slice);
    const known = subject.estimates.get(metric);
    if (known !== undefined) return known;
    const value = measureAll(subject.rows)[metric]!;
    const estimate = new Estimate(metric, value, countedFor(subject.rows, metric), this.#resamples);
    subject.estimates.set(metric, estimate);
    return estimate;
  }

  async draw(seed: number, signal: AbortSignal): Promise<void> {
    const random = randomFrom(seed);
    const counts = new Uint16Array(this.#models.values().next().value!.size);
    for (let resample = 0; resample < this.#resamples; resample++) {
      draw(counts, random);
      for (const subjects of this.#subjects.values())
        for (const subject of subjects.values()) measureDraw(subject, counts, resample);
      await setImmediate();
      signal.throwIfAborted();
    }
  }

  #subject(model: string, slice: RowSlice | null): Subject {
    const subjects = this.#subjects.get(slice) ?? new Map<string, Subject>();
    this.#subjects.set(slice, subjects);
    const known = subjects.get(model);
    if (known !== undefined) return known;
    const whole = this.#models.get(model)!;
    const rows = slice === null ? whole : whole.take(slice.rows);
    const subject = { rows, at: slice?.rows ?? null, counts: new Uint16Array(rows.size), estimates: new Map() };
    subjects.set(model, subject);
    return subject;
  }
}

function measureDraw({ rows, at, counts, estimates }: Subject, all: Uint16Array, resample: number): void {
  if (at !== null) for (let row = 0; row < at.length; row++) counts[row] = all[at[row]!]!;
  const drawn = at === null ? all : counts;
  // The two rates that no report has cost a pass of their own.
  const hasRates = estimates.has("selection_rate") || estimates.has("false_positive_rate");
  const metrics: Metrics = hasRates ? measureAll(rows, drawn) : rows.measure(drawn);
  for (const [name, { draws }] of estimates) draws[resample] = metrics[name]!;
}

function countedFor(rows: MeasuredRows, metric: MetricName): { rows: number; support: number } {
  const alike = (count: number) => ({ rows: count, support: count });
  if (rows instanceof ClassRows) return { rows: rows.size, support: isOverClasses(metric) ? rows.rarest() : rows.size };
  if (!(rows instanceof ScoredRows)) return alike(rows.size);
  const { tp, fp, tn, fn } = rows.confusion();
  if (metric === "recall") return alike(tp + fn);
  if (metric === "precision") return alike(tp + fp);
  if (metric === "false_positive_rate") return alike(fp + tn);
  if (metric === "roc_auc") return { rows: rows.size, support: Math.min(tp + fn, fp + tn) };
  if (metric === "average_precision" || metric === "f1") return { rows: rows.size, support: tp + fn };
  return alike(rows.size);
}

/** Whether each class counts the same in it, however few rows it has. */
function isOverClasses(metric: MetricName): boolean {
  return metric === "balanced_accuracy" || metric.endsWith("_macro") || metric.startsWith("roc_auc");
}
