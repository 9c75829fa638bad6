const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const HALF_LOG_2PI = 0.9189385332046727;
const SMALL_FACTORIALS = Array.from({ length: 17 }, (_, n) => {
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product *= factor;
  return Math.log(product);
});

/** The logarithm of the gamma function for x ≥ 0.5 (Lanczos, g = 7), to about 14 digits. */
export function logGamma(x: number): number {
  let series = LANCZOS[0]!;
  for (let k = 1; k < LANCZOS.length; k++) series += LANCZOS[k]! / (x - 1 + k);
  const base = x + 6.5;
  return HALF_LOG_2PI + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/** ln n! for whole n ≥ 0: Stirling's series, right to 1e-12. */
export function logFactorial(n: number): number {
  if (n < SMALL_FACTORIALS.length) return SMALL_FACTORIALS[n]!;
  const inverse = 1 / n;
  const correction = inverse * (1 / 12 - inverse * inverse * (1 / 360 - (inverse * inverse) / 1260));
  return (n + 0.5) * Math.log(n) - n + HALF_LOG_2PI + correction;
}

/** The probability that a chi-squared variable with `degrees` > 0 degrees of freedom is `x` or more. */
export function chiSquaredTail(x: number, degrees: number): number {
  const shape = degrees / 2;
  const half = x / 2;
  if (!(half > 0)) return 1;
  if (half === Number.POSITIVE_INFINITY) return 0;
  const front = Math.exp(shape * Math.log(half) - half - logGamma(shape));
  return half < shape + 1 ? 1 - front * lowerSeries(shape, half) : front * upperFraction(shape, half);
}

/** P(a, x) Γ(a) / (x^a e^-x), Abramowitz and Stegun 6.5.29. */
function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let total = term;
  for (let n = 1; term > total * 1e-17; n++) {
    term *= x / (shape + n);
    total += term;
  }
  return total;
}

/** Q(a, x) Γ(a) / (x^a e^-x), Abramowitz and Stegun 6.5.31 by Lentz's method. */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 10_000; n++) {
    const a = n * (shape - n);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}
