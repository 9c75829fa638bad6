/**
 * The probability with the highest F1 when every row from it on counts as positive; the highest such one. F1 rewards finding the
 * positives of a rare class, which accuracy at 0.5 does not.
 * @param scores at least one row is positive
 */
export function thresholdByF1(labels: Uint8Array, scores: Float64Array): number {
  const order = Int32Array.from(scores, (_, row) => row).toSorted((a, b) => scores[b]! - scores[a]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  let found = 0;
  let best = { f1: -1, threshold: 0.5 };
  for (const [place, row] of order.entries()) {
    found += labels[row]!;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) continue;
    const f1 = (2 * found) / (place + 1 + positives);
    if (f1 > best.f1) best = { f1, threshold: scores[row]! };
  }
  return best.threshold;
}
