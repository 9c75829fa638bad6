import { range } from "./random.ts";

/** Metrics of a model that answers a number. An error is the answer minus the truth; NaN where a metric is undefined. */
export const REGRESSION_METRICS = [
  "mae",
  "rmse",
  "r2",
  "mean_error",
  "error_p5",
  "error_p50",
  "error_p95",
  "absolute_error_p50",
  "absolute_error_p90",
] as const;
export type RegressionMetricName = (typeof REGRESSION_METRICS)[number];
export type RegressionMetrics = Record<RegressionMetricName, number>;

/** What is left of a spread of nothing after rounding. */
const ROUNDING = 1e-12;

/** Truths with the numbers that a model answered, the errors sorted once so that each resample costs a few passes. */
export class RegressionRows {
  readonly truths: Float64Array;
  readonly answers: Float64Array;
  readonly #errors: Float64Array;
  readonly #centred: Float64Array;
  readonly #byError: SortedRows;
  readonly #bySize: SortedRows;

  constructor(truths: Float64Array, answers: Float64Array) {
    this.truths = truths;
    this.answers = answers;
    const mean = truths.reduce((sum, truth) => sum + truth / truths.length, 0);
    // Around their mean, so that the squares of large numbers do not swallow their spread.
    this.#centred = truths.map((truth) => truth - mean);
    this.#errors = answers.map((answer, row) => answer - truths[row]!);
    this.#byError = new SortedRows(this.#errors);
    this.#bySize = new SortedRows(this.#errors.map(Math.abs));
  }

  get size(): number {
    return this.truths.length;
  }

  /** @param counts how often each row counts; each row once where it is left out */
  measure(counts?: Uint16Array): RegressionMetrics {
    const { rows, errors, sizes, squares, truths, truthSquares } = this.#sums(counts);
    const spread = truthSquares - truths ** 2 / rows;
    const [p5, p50, p95] = this.#byError.quantiles([0.05, 0.5, 0.95], counts);
    const [size50, size90] = this.#bySize.quantiles([0.5, 0.9], counts);
    return {
      mae: sizes / rows,
      rmse: Math.sqrt(squares / rows),
      // Of truths that are all alike there is nothing to explain.
      r2: spread > ROUNDING * truthSquares ? 1 - squares / spread : Number.NaN,
      mean_error: errors / rows,
      error_p5: p5!,
      error_p50: p50!,
      error_p95: p95!,
      absolute_error_p50: size50!,
      absolute_error_p90: size90!,
    };
  }

  /** These rows alone. */
  take(rows: Int32Array): RegressionRows {
    const taken = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    return new RegressionRows(taken(this.truths), taken(this.answers));
  }

  #sums(counts?: Uint16Array) {
    let [rows, errors, sizes, squares, truths, truthSquares] = [0, 0, 0, 0, 0, 0];
    for (let row = 0; row < this.size; row++) {
      const count = counts === undefined ? 1 : counts[row]!;
      const error = this.#errors[row]!;
      const truth = this.#centred[row]!;
      rows += count;
      errors += count * error;
      sizes += count * Math.abs(error);
      squares += count * error * error;
      truths += count * truth;
      truthSquares += count * truth * truth;
    }
    return { rows, errors, sizes, squares, truths, truthSquares };
  }
}

/** Numbers in rising order, to find quantiles of them with multiplicities in one pass. */
class SortedRows {
  readonly #order: Int32Array;
  readonly #sorted: Float64Array;
  /** Rows up to and with each place of the order, of the counts that were last asked about. */
  readonly #passed: Float64Array;

  constructor(values: Float64Array) {
    this.#order = range(values.length).toSorted((a, b) => values[a]! - values[b]! || a - b);
    this.#sorted = values.toSorted();
    this.#passed = new Float64Array(values.length);
  }

  /**
   * With linear interpolation, as numpy.quantile has it of the rows repeated by their counts; NaN without rows.
   * @param shares 0 to 1
   */
  quantiles(shares: readonly number[], counts?: Uint16Array): number[] {
    let rows = 0;
    for (let place = 0; place < this.#order.length; place++) {
      rows += counts === undefined ? 1 : counts[this.#order[place]!]!;
      this.#passed[place] = rows;
    }
    return shares.map((share) => {
      const wanted = share * (rows - 1);
      const below = this.#valueOf(Math.floor(wanted));
      const above = this.#valueOf(Math.ceil(wanted));
      return rows === 0 ? Number.NaN : below + (above - below) * (wanted - Math.floor(wanted));
    });
  }

  /** The value of the repeated row at this place: the first that more rows have been passed at. */
  #valueOf(wanted: number): number {
    let [low, high] = [0, this.#passed.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#passed[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return this.#sorted[low]!;
  }
}
