import { minimise } from "./lbfgs.ts";
import type { Matrix } from "./encode-features.ts";

/** Weights of a logistic regression, one for each column of its matrix. */
export interface LogisticModel {
  weights: number[];
  bias: number;
}

/**
 * Fits a logistic regression with an L2 penalty on the weights (not the bias), to convergence: minimises
 * `sum of log losses + |weights|² / (2 c)`, as scikit-learn's LogisticRegression(C=c) does. Deterministic.
 * @param c inverse strength of the penalty, above 0
 */
export function fitLogistic(matrix: Matrix, labels: Uint8Array, c = 1): LogisticModel {
  const rows = sparseRows(matrix);
  const { width } = matrix;
  const start = new Float64Array(width + 1);
  const best = minimise(start, (point, gradient) => penalisedLoss(rows, labels, point, gradient, 1 / c));
  return { weights: [...best.subarray(0, width)], bias: best[width]! };
}

/** The probabilities that the model gives the rows. */
export function predictLogistic(model: LogisticModel, matrix: Matrix): Float64Array {
  const { width, values } = matrix;
  const scores = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    let sum = model.bias;
    for (let column = 0; column < width; column++) sum += model.weights[column]! * values[row * width + column]!;
    scores[row] = sigmoid(sum);
  }
  return scores;
}

/** A matrix by its non-zero values: one-hot columns make most of it zeros. */
interface SparseRows {
  starts: Int32Array;
  columns: Int32Array;
  values: Float32Array;
}

function sparseRows({ rows, width, values }: Matrix): SparseRows {
  const filled = values.reduce((count, value) => count + Number(value !== 0), 0);
  const sparse = {
    starts: new Int32Array(rows + 1),
    columns: new Int32Array(filled),
    values: new Float32Array(filled),
  };
  let next = 0;
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== 0) {
      sparse.columns[next] = index % width;
      sparse.values[next] = values[index]!;
      next++;
    }
    if ((index + 1) % width === 0) sparse.starts[(index + 1) / width] = next;
  }
  return sparse;
}

/** Mean of the log losses and the penalty; the gradient is written to `gradient`. The last weight is the bias. */
function penalisedLoss(
  { starts, columns, values }: SparseRows,
  labels: Uint8Array,
  point: Float64Array,
  gradient: Float64Array,
  penalty: number,
): number {
  const width = point.length - 1;
  const rows = labels.length;
  gradient.fill(0);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1]!;
    let sum = point[width]!;
    for (let at = starts[row]!; at < end; at++) sum += point[columns[at]!]! * values[at]!;
    loss += Math.max(sum, 0) - sum * labels[row]! + Math.log1p(Math.exp(-Math.abs(sum)));
    const error = sigmoid(sum) - labels[row]!;
    for (let at = starts[row]!; at < end; at++) gradient[columns[at]!]! += error * values[at]!;
    gradient[width]! += error;
  }
  for (let column = 0; column < width; column++) {
    loss += (penalty * point[column]! ** 2) / 2;
    gradient[column]! += penalty * point[column]!;
  }
  for (let column = 0; column <= width; column++) gradient[column]! /= rows;
  return loss / rows;
}

export function sigmoid(value: number): number {
  return value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value));
}
