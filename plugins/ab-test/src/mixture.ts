import { chiSquaredTail, logGamma } from "@clew/plugin-drift/special-functions";

/**
 * The gamma-exponential mixture supermartingale at scale 1: Howard, Ramdas, McAuliffe, Sekhon (2021), "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", Proposition 9. It is the mean of exp(λs − v(−ln(1−λ) − λ)) over 0 ≤ λ < 1, where u = 1 − λ has the density
 * of a gamma variable of shape and rate ρ that is at most 1.
 */
export class Mixture {
  readonly #rho: number;
  readonly #constant: number;

  /** @param rho above 0; the bound is tightest at a variance that grows with it, see {@link rhoFor} */
  constructor(rho: number) {
    this.#rho = rho;
    this.#constant = rho * Math.log(rho) - logGamma(rho) - Math.log(lowerGamma(rho, rho));
  }

  /**
   * The logarithm of the evidence: its exponential exceeds 1/α, at any time, with a probability of at most α.
   * @param sum of deviations from the mean that is claimed, 0 or more
   * @param variance of the same, as predicted means leave it, 0 or more
   */
  log(sum: number, variance: number): number {
    const shape = variance + this.#rho;
    const x = sum + shape;
    return this.#constant + logGamma(shape) + Math.log(lowerGamma(shape, x)) - shape * Math.log(x) + sum + variance;
  }

  /** The sum at which the evidence at this variance is as large: beyond it, less is believed than 1 in exp(`logEvidence`). */
  bound(variance: number, logEvidence: number): number {
    let [low, high] = [0, 1];
    while (this.log(high, variance) < logEvidence) [low, high] = [high, high * 2];
    for (let n = 0; n < 60 && high - low > 1e-12 * high; n++) {
      const middle = (low + high) / 2;
      if (this.log(middle, variance) < logEvidence) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** The ρ whose bound is about tightest at this variance, for a one-sided error of `alpha`; as the authors' package confseq chooses it. */
export function rhoFor(variance: number, alpha: number): number {
  const evidence = 2 * Math.log(1 / (2 * alpha));
  return variance / (evidence + Math.log(1 + evidence));
}

/** The regularised lower incomplete gamma function. */
function lowerGamma(shape: number, x: number): number {
  return 1 - chiSquaredTail(2 * x, 2 * shape);
}
