import { rankByScore } from "@clew/plugin-tabular";

/** One threshold: rows from it on count as positive. */
export interface CurvePoint {
  threshold: number;
  /** Recall too. */
  truePositiveRate: number;
  falsePositiveRate: number;
  precision: number;
}

const MAX_POINTS = 200;

/**
 * The points of the ROC and the precision-recall curve at the scores that occur, thinned evenly to at most 200; a rate is NaN
 * where its class has no row.
 */
export function curveOf(labels: Uint8Array, scores: Float64Array): CurvePoint[] {
  const { order, isGroupEnd } = rankByScore(scores);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const points: CurvePoint[] = [];
  let found = 0;
  for (const [place, row] of order.entries()) {
    found += labels[row]!;
    if (isGroupEnd[place] === 0) continue;
    points.push({
      threshold: scores[row]!,
      truePositiveRate: found / positives,
      falsePositiveRate: (place + 1 - found) / (labels.length - positives),
      precision: found / (place + 1),
    });
  }
  return thinned(points);
}

function thinned(points: CurvePoint[]): CurvePoint[] {
  if (points.length <= MAX_POINTS) return points;
  const stride = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, index) => points[Math.round(index * stride)]!);
}
