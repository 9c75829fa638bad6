/** The largest difference of a share; counts of the same values, in the same order. */
export function infinityNorm(left: readonly number[], right: readonly number[]): number {
  const [p, q] = [sharesOf(left), sharesOf(right)];
  return Math.max(0, ...p.map((share, index) => Math.abs(share - q[index]!)));
}

/**
 * Jensen-Shannon divergence with logarithms to base 2: 0 for the same distribution, 1 for two without anything in common
 * (Lin, Divergence measures based on the Shannon entropy, 1991). Counts of the same bins, in the same order.
 */
export function jensenShannonDivergence(left: readonly number[], right: readonly number[]): number {
  const [p, q] = [sharesOf(left), sharesOf(right)];
  const middle = p.map((share, index) => (share + q[index]!) / 2);
  return Math.max(0, (kullbackLeibler(p, middle) + kullbackLeibler(q, middle)) / 2);
}

function kullbackLeibler(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, share, index) => (share === 0 ? sum : sum + share * Math.log2(share / q[index]!)), 0);
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}
