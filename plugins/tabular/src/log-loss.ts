/** A probability, kept so far from 0 and 1 that its logarithm is finite, as scikit-learn's log_loss does. */
export function clipped(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}

/** What a row costs whose label was given this probability. */
export function logLossOf(probability: number): number {
  return -Math.log(clipped(probability));
}
