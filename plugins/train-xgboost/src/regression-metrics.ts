/** Metrics of numbers that were predicted, as scikit-learn defines them; r2 is NaN where all targets are alike. */
export interface RegressionMetrics {
  rmse: number;
  mae: number;
  r2: number;
}

/** @param targets at least one */
export function measureRegression(targets: Float64Array, answers: Float64Array): RegressionMetrics {
  const mean = meanOf(targets);
  let [squares, absolute, around] = [0, 0, 0];
  for (let row = 0; row < targets.length; row++) {
    const error = answers[row]! - targets[row]!;
    squares += error ** 2;
    absolute += Math.abs(error);
    around += (targets[row]! - mean) ** 2;
  }
  const rows = targets.length;
  return {
    rmse: Math.sqrt(squares / rows),
    mae: absolute / rows,
    r2: around === 0 ? Number.NaN : 1 - squares / around,
  };
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
