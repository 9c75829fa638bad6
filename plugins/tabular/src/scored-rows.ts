import { logLossOf } from "./log-loss.ts";
import { type Ranking, rankByScore, rankMetrics } from "./ranking.ts";

/** Metrics of a binary classifier, by the names that scikit-learn has; NaN where a metric is undefined. */
export const METRICS = [
  "roc_auc",
  "average_precision",
  "log_loss",
  "brier_score",
  "accuracy",
  "precision",
  "recall",
  "f1",
] as const;
export type MetricName = (typeof METRICS)[number];
export type BinaryMetrics = Record<MetricName, number>;

export interface Confusion {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}

/** Labels with the probabilities that a classifier gave them, sorted once so that each resample costs one pass. */
export class ScoredRows {
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
  readonly threshold: number;
  readonly #ranking: Ranking;
  readonly #losses: Float64Array;
  readonly #squares: Float64Array;
  /** Label times two, and one more where the row is predicted positive. */
  readonly #cells: Uint8Array;

  /** @param threshold a row counts as predicted positive from this probability on */
  constructor(labels: Uint8Array, scores: Float64Array, threshold: number) {
    this.labels = labels;
    this.scores = scores;
    this.threshold = threshold;
    this.#ranking = rankByScore(scores);
    this.#cells = Uint8Array.from(scores, (score, row) => labels[row]! * 2 + Number(score >= threshold));
    this.#losses = scores.map((score, row) => rowLoss(labels[row]!, score));
    this.#squares = scores.map((score, row) => (score - labels[row]!) ** 2);
  }

  get size(): number {
    return this.labels.length;
  }

  /** @param counts how often each row counts; each row once where it is left out */
  measure(counts?: Uint16Array): BinaryMetrics {
    const { rocAuc, averagePrecision } = rankMetrics(this.#ranking, this.labels, counts);
    const { tp, fp, tn, fn, loss, squares } = this.#tally(counts);
    const rows = tp + fp + tn + fn;
    return {
      roc_auc: rocAuc,
      average_precision: averagePrecision,
      log_loss: loss / rows,
      brier_score: squares / rows,
      accuracy: (tp + tn) / rows,
      precision: tp / (tp + fp),
      recall: tp / (tp + fn),
      f1: (2 * tp) / (2 * tp + fp + fn),
    };
  }

  /** These rows alone. */
  take(rows: Int32Array): ScoredRows {
    const labels = Uint8Array.from(rows, (row) => this.labels[row]!);
    const scores = Float64Array.from(rows, (row) => this.scores[row]!);
    return new ScoredRows(labels, scores, this.threshold);
  }

  confusion(counts?: Uint16Array): Confusion {
    const { tp, fp, tn, fn } = this.#tally(counts);
    return { tp, fp, tn, fn };
  }

  #tally(counts?: Uint16Array): Confusion & { loss: number; squares: number } {
    let [loss, squares] = [0, 0];
    const cells = new Float64Array(4);
    for (let row = 0; row < this.size; row++) {
      const count = counts === undefined ? 1 : counts[row]!;
      cells[this.#cells[row]!]! += count;
      loss += count * this.#losses[row]!;
      squares += count * this.#squares[row]!;
    }
    const [tn = 0, fp = 0, fn = 0, tp = 0] = cells;
    return { tp, fp, tn, fn, loss, squares };
  }
}

function rowLoss(label: number, score: number): number {
  return logLossOf(label === 1 ? score : 1 - score);
}
