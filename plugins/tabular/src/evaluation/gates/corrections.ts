export const CORRECTIONS = ["HOLM", "BENJAMINI_HOCHBERG"] as const;
export type Correction = (typeof CORRECTIONS)[number];

/**
 * P-values adjusted for being several, in their order. What is at most alpha is a finding: by Holm (1979) with a chance of at most alpha that
 * any finding is none, by Benjamini and Hochberg (1995) so that at most a share of alpha of them is none, on average.
 */
export function adjustedPValues(pValues: readonly number[], correction: Correction): number[] {
  const count = pValues.length;
  const rising = [...pValues.keys()].toSorted((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = Array.from<number>({ length: count });
  if (correction === "HOLM") {
    let most = 0;
    for (const [place, index] of rising.entries()) {
      most = Math.max(most, Math.min(1, pValues[index]! * (count - place)));
      adjusted[index] = most;
    }
    return adjusted;
  }
  let least = 1;
  for (const [fromTop, index] of rising.toReversed().entries()) {
    least = Math.min(least, (pValues[index]! * count) / (count - fromTop));
    adjusted[index] = least;
  }
  return adjusted;
}
