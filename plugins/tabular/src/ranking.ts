import { range } from "./random.ts";

/** Rows by falling score; rows of equal score form a group, which every threshold keeps together. */
export interface Ranking {
  order: Int32Array;
  /** For each place in the order, 1 where a group ends. */
  isGroupEnd: Uint8Array;
}

export function rankByScore(scores: Float64Array): Ranking {
  const order = range(scores.length).toSorted((a, b) => scores[b]! - scores[a]! || a - b);
  const isGroupEnd = Uint8Array.from(order, (row, place) => {
    return Number(place === order.length - 1 || scores[order[place + 1]!]! !== scores[row]!);
  });
  return { order, isGroupEnd };
}

export interface RankMetrics {
  rocAuc: number;
  averagePrecision: number;
}

/**
 * ROC AUC and average precision of ranked rows with multiplicities, in one pass. ROC AUC: ties count half (Mann and Whitney
 * 1947). Average precision: the sum over thresholds of precision times the gain in recall, without interpolation, as
 * scikit-learn's average_precision_score. NaN where undefined: ROC AUC with one class only, average precision without positives.
 * @param counts how often each row counts; each row once where it is left out
 * @param positive the label that is looked for; all others are negative
 */
export function rankMetrics(
  ranking: Ranking,
  labels: Uint8Array | Int32Array,
  counts?: Uint16Array,
  positive = 1,
): RankMetrics {
  const { order, isGroupEnd } = ranking;
  let positives = 0;
  let negatives = 0;
  let groupStartPositives = 0;
  let groupStartNegatives = 0;
  let area = 0;
  let precisionSum = 0;
  for (let place = 0; place < order.length; place++) {
    const row = order[place]!;
    const count = counts === undefined ? 1 : counts[row]!;
    if (labels[row] === positive) positives += count;
    else negatives += count;
    if (isGroupEnd[place] === 0) continue;
    const gained = positives - groupStartPositives;
    area += (negatives - groupStartNegatives) * (groupStartPositives + gained / 2);
    if (gained > 0) precisionSum += (gained * positives) / (positives + negatives);
    groupStartPositives = positives;
    groupStartNegatives = negatives;
  }
  return { rocAuc: area / (positives * negatives), averagePrecision: precisionSum / positives };
}
