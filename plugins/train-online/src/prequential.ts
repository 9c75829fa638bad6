import { RegressionRows, ScoredRows } from "@clew/plugin-tabular";

/** Means over rows that come in batches, of metrics that are means of each row's. */
export class RunningMeans {
  #rows = 0;
  readonly #sums = new Map<string, number>();

  get rows(): number {
    return this.#rows;
  }

  add(rows: number, means: Record<string, number>): void {
    this.#rows += rows;
    for (const [name, mean] of Object.entries(means)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + rows * mean);
  }

  /** `squared_error` becomes `rmse`. */
  means(): Record<string, number> {
    const all = [...this.#sums].map(([name, sum]): [string, number] => {
      return name === "squared_error" ? ["rmse", Math.sqrt(sum / this.#rows)] : [name, sum / this.#rows];
    });
    return Object.fromEntries(all);
  }
}

/** What can be said of a batch so that the means over batches are those over all rows: no ranking. */
export function measureBatch(
  targets: Uint8Array | Float64Array,
  answers: Float64Array,
  threshold: number,
): Record<string, number> {
  if (targets instanceof Uint8Array) {
    const { log_loss, brier_score, accuracy } = new ScoredRows(targets, answers, threshold).measure();
    return { log_loss, brier_score, accuracy };
  }
  const { mae, rmse, mean_error } = new RegressionRows(targets, answers).measure();
  return { mae, squared_error: rmse ** 2, mean_error };
}
