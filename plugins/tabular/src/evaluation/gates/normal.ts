/** The standard normal distribution function (Hart 1968, as West 2005 gives it),: 15 digits, and 8 of those of the far tail. */
export function normalCdf(z: number): number {
  const distance = Math.abs(z);
  if (distance > 37) return z > 0 ? 1 : 0;
  const tail = Math.exp((-distance * distance) / 2) * (distance < 7.07106781186547 ? inner(distance) : outer(distance));
  return z > 0 ? 1 - tail : tail;
}

const NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];

function inner(distance: number): number {
  const at = (coefficients: readonly number[]) => coefficients.reduce((sum, one) => sum * distance + one, 0);
  return at(NUMERATOR) / at(DENOMINATOR);
}

function outer(distance: number): number {
  const fraction = [4, 3, 2, 1].reduce((sum, n) => distance + n / sum, distance + 0.65);
  return 1 / fraction / 2.506628274631;
}

/**
 * Student's distribution function, by the normal that is as far out (Abramowitz and Stegun 26.7.8): within a tenth of a tail of 0.001 from 20 degrees
 * of freedom on.
 */
export function studentCdf(t: number, freedom: number): number {
  return normalCdf((t * (1 - 1 / (4 * freedom))) / Math.sqrt(1 + t ** 2 / (2 * freedom)));
}

/** The t above which this share of the distribution lies, 0 < share <= 0.5. */
export function upperQuantile(share: number, freedom: number): number {
  return firstWhere(0, MAX_Z, (t) => studentCdf(-t, freedom) <= share);
}

/** So far out nothing is told from nothing. */
export const MAX_Z = 30;
const STEPS = 50;

/** Where in between a condition begins to hold, which holds from there on; the upper end where it does not. */
export function firstWhere(low: number, high: number, holds: (at: number) => boolean): number {
  let [below, above] = [low, high];
  for (let step = 0; step < STEPS; step++) {
    const middle = (below + above) / 2;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
