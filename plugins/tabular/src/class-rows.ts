import { logLossOf } from "./log-loss.ts";
import { range } from "./random.ts";
import { type Ranking, rankByScore, rankMetrics } from "./ranking.ts";

/** Metrics of a classifier of several classes, by the names that scikit-learn's scorers have; NaN where a metric is undefined. */
export const CLASS_METRICS = [
  "accuracy",
  "balanced_accuracy",
  "precision_macro",
  "precision_weighted",
  "recall_macro",
  "recall_weighted",
  "f1_macro",
  "f1_weighted",
  "log_loss",
  "roc_auc_ovr",
  "roc_auc_ovr_weighted",
] as const;
export type ClassMetricName = (typeof CLASS_METRICS)[number];
export type ClassMetrics = Record<ClassMetricName, number>;
export type UnrankedClassMetrics = Omit<ClassMetrics, "roc_auc_ovr" | "roc_auc_ovr_weighted">;

/** One class against all others; NaN where the rows do not define it. */
export interface OneClass {
  /** Rows of the class. */
  rows: number;
  /** Rows that were taken for it. */
  predicted: number;
  precision: number;
  recall: number;
  f1: number;
  rocAuc: number;
}

/** By class: its rows, those that were taken for it, those where both are so. */
interface Tally {
  truths: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
  loss: number;
}

/** Classes with the probabilities that a classifier gave each of them. The class with the highest is predicted, of equal ones the first. */
export class ClassRows {
  /** Of each row the index of its class. */
  readonly labels: Int32Array;
  /** Row by row, `classes` probabilities each. */
  readonly scores: Float64Array;
  readonly classes: number;
  readonly predicted: Int32Array;
  readonly #losses: Float64Array;
  /** Of each class, once they are asked for. */
  #rankings: Ranking[] | undefined;

  constructor(labels: Int32Array, scores: Float64Array, classes: number) {
    this.labels = labels;
    this.scores = scores;
    this.classes = classes;
    this.predicted = highest(scores, classes);
    this.#losses = Float64Array.from(labels, (label, row) => logLossOf(scores[row * classes + label]!));
  }

  get size(): number {
    return this.labels.length;
  }

  /** @param counts how often each row counts; each row once where it is left out */
  measure(counts?: Uint16Array): ClassMetrics {
    const tally = this.#tally(counts);
    const aucs = this.#rocAucs(counts);
    return { ...unrankedOf(tally), roc_auc_ovr: mean(aucs), roc_auc_ovr_weighted: weighted(aucs, tally.truths) };
  }

  /** What needs no ranking of the rows. A class that has no row and was predicted for none is in no average, as with scikit-learn. */
  unranked(counts?: Uint16Array): UnrankedClassMetrics {
    return unrankedOf(this.#tally(counts));
  }

  /** These rows alone. */
  take(rows: Int32Array): ClassRows {
    const { classes } = this;
    const labels = Int32Array.from(rows, (row) => this.labels[row]!);
    const scores = new Float64Array(rows.length * classes);
    for (const [at, row] of rows.entries()) {
      scores.set(this.scores.subarray(row * classes, (row + 1) * classes), at * classes);
    }
    return new ClassRows(labels, scores, classes);
  }

  /** Rows by their class, then by the class that was predicted. */
  confusion(): number[][] {
    const matrix = Array.from({ length: this.classes }, () => Array<number>(this.classes).fill(0));
    for (let row = 0; row < this.size; row++) matrix[this.labels[row]!]![this.predicted[row]!]!++;
    return matrix;
  }

  byClass(): OneClass[] {
    const { truths, predicted, hits } = this.#tally();
    const aucs = this.#rocAucs();
    return aucs.map((rocAuc, of) => ({
      rows: truths[of]!,
      predicted: predicted[of]!,
      precision: hits[of]! / predicted[of]!,
      recall: hits[of]! / truths[of]!,
      f1: (2 * hits[of]!) / (truths[of]! + predicted[of]!),
      rocAuc,
    }));
  }

  /** Whether the predicted class was right, as a yes-or-no question that its probability answers. */
  topLabel(): { labels: Uint8Array; scores: Float64Array } {
    const { labels, scores, classes, predicted } = this;
    return {
      labels: Uint8Array.from(predicted, (of, row) => Number(of === labels[row])),
      scores: Float64Array.from(predicted, (of, row) => scores[row * classes + of]!),
    };
  }

  /** Rows of the class, among those that have any, that has the fewest. */
  rarest(): number {
    const { truths } = this.#tally();
    return truths.reduce((least, rows) => (rows > 0 ? Math.min(least, rows) : least), this.size);
  }

  #rocAucs(counts?: Uint16Array): number[] {
    this.#rankings ??= [...range(this.classes)].map((of) => rankByScore(everyNth(this.scores, of, this.classes)));
    return this.#rankings.map((ranking, of) => rankMetrics(ranking, this.labels, counts, of).rocAuc);
  }

  #tally(counts?: Uint16Array): Tally {
    const zeros = () => new Float64Array(this.classes);
    const tally = { truths: zeros(), predicted: zeros(), hits: zeros(), loss: 0 };
    for (let row = 0; row < this.size; row++) {
      const count = counts === undefined ? 1 : counts[row]!;
      const [truth, predicted] = [this.labels[row]!, this.predicted[row]!];
      tally.truths[truth]! += count;
      tally.predicted[predicted]! += count;
      if (truth === predicted) tally.hits[truth]! += count;
      tally.loss += count * this.#losses[row]!;
    }
    return tally;
  }
}

function unrankedOf({ truths, predicted, hits, loss }: Tally): UnrankedClassMetrics {
  const rows = sum(truths);
  const present = [...range(truths.length)].filter((of) => truths[of]! + predicted[of]! > 0);
  // 0 where nothing was predicted, or there is no row: scikit-learn's zero_division.
  const precisions = present.map((of) => hits[of]! / (predicted[of]! || 1));
  const recalls = present.map((of) => hits[of]! / (truths[of]! || 1));
  const f1s = present.map((of) => (2 * hits[of]!) / (truths[of]! + predicted[of]!));
  const weights = present.map((of) => truths[of]!);
  return {
    accuracy: sum(hits) / rows,
    balanced_accuracy: mean(recalls.filter((_, at) => weights[at]! > 0)),
    precision_macro: mean(precisions),
    precision_weighted: weighted(precisions, weights),
    recall_macro: mean(recalls),
    recall_weighted: weighted(recalls, weights),
    f1_macro: mean(f1s),
    f1_weighted: weighted(f1s, weights),
    log_loss: loss / rows,
  };
}

/** Of each row the place of its highest number, of equal ones the first. */
export function highest(scores: Float64Array, width: number): Int32Array {
  const places = new Int32Array(scores.length / width);
  for (let row = 0; row < places.length; row++) {
    let best = 0;
    for (let at = 1; at < width; at++) if (scores[row * width + at]! > scores[row * width + best]!) best = at;
    places[row] = best;
  }
  return places;
}

function everyNth(values: Float64Array, first: number, step: number): Float64Array {
  const taken = new Float64Array(values.length / step);
  for (let row = 0; row < taken.length; row++) taken[row] = values[row * step + first]!;
  return taken;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function weighted(values: readonly number[], weights: ArrayLike<number>): number {
  return sum(values.map((value, at) => value * weights[at]!)) / sum(weights);
}
