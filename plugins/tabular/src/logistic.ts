import { minimise } from "./lbfgs.ts";
import type { Matrix } from "./encode-features.ts";
import { momentsOf } from "./fit-features.ts";

/** Weights of a regression, one for each column of its matrix. */
export interface LinearModel {
  weights: number[];
  bias: number;
}

/** The loss of one row and how it changes, by the weighted sum of its numbers. */
interface RowLoss {
  loss: (sum: number, target: number) => number;
  slope: (sum: number, target: number) => number;
}

const LOG_LOSS: RowLoss = {
  loss: (sum, label) => Math.max(sum, 0) - sum * label + Math.log1p(Math.exp(-Math.abs(sum))),
  slope: (sum, label) => sigmoid(sum) - label,
};

const SQUARED_LOSS: RowLoss = {
  loss: (sum, target) => (sum - target) ** 2 / 2,
  slope: (sum, target) => sum - target,
};

/**
 * Fits a logistic regression with an L2 penalty on the weights (not the bias), to convergence: minimises
 * `sum of log losses + |weights|² / (2 c)`, as scikit-learn's LogisticRegression(C=c) does. Deterministic.
 * @param c inverse strength of the penalty, above 0
 */
export function fitLogistic(matrix: Matrix, labels: Uint8Array, c = 1): LinearModel {
  return fitPenalised(matrix, labels, c, LOG_LOSS);
}

/**
 * Fits a linear regression with an L2 penalty on the weights (not the bias), to convergence: minimises
 * `sum of squared errors / 2 + |weights|² / (2 c)`, as scikit-learn's Ridge(alpha=1/c) does. Deterministic.
 * @param c inverse strength of the penalty, above 0
 */
export function fitLinear(matrix: Matrix, targets: Float64Array, c = 1): LinearModel {
  // In units of the target's spread, so that convergence does not depend on them; the penalty stays what it is.
  const { mean, std } = momentsOf(targets);
  const scale = std === 0 ? 1 : std;
  const { weights, bias } = fitPenalised(
    matrix,
    targets.map((target) => (target - mean) / scale),
    c,
    SQUARED_LOSS,
  );
  return { weights: weights.map((weight) => weight * scale), bias: bias * scale + mean };
}

function fitPenalised(matrix: Matrix, targets: Uint8Array | Float64Array, c: number, loss: RowLoss): LinearModel {
  const rows = sparseRows(matrix);
  const { width } = matrix;
  const start = new Float64Array(width + 1);
  const best = minimise(start, (point, gradient) => penalisedLoss(rows, targets, loss, point, gradient, 1 / c));
  return { weights: [...best.subarray(0, width)], bias: best[width]! };
}

/** The probabilities that the model gives the rows. */
export function predictLogistic(model: LinearModel, matrix: Matrix): Float64Array {
  return predictLinear(model, matrix).map(sigmoid);
}

/** The numbers that the model gives the rows. */
export function predictLinear(model: LinearModel, matrix: Matrix): Float64Array {
  const { width, values } = matrix;
  const scores = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    let sum = model.bias;
    for (let column = 0; column < width; column++) sum += model.weights[column]! * values[row * width + column]!;
    scores[row] = sum;
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

/** Mean of the losses and the penalty; the gradient is written to `gradient`. The last weight is the bias. */
function penalisedLoss(
  { starts, columns, values }: SparseRows,
  targets: Uint8Array | Float64Array,
  { loss: lossOf, slope: slopeOf }: RowLoss,
  point: Float64Array,
  gradient: Float64Array,
  penalty: number,
): number {
  const width = point.length - 1;
  const rows = targets.length;
  gradient.fill(0);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1]!;
    let sum = point[width]!;
    for (let at = starts[row]!; at < end; at++) sum += point[columns[at]!]! * values[at]!;
    loss += lossOf(sum, targets[row]!);
    const error = slopeOf(sum, targets[row]!);
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
