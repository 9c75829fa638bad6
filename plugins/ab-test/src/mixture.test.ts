import { expect, test } from "vitest";
import { Mixture, rhoFor } from "./mixture.ts";

test("is what the authors' reference implementation in R gives", () => {
  // confseq's TestGammaExponentialMixture, of scale 2; here sums are halved and variances quartered.
  const mixture = new Mixture(rhoFor(100, 0.05) / 4);
  expect(mixture.log(10 / 2, 100 / 4)).toBeCloseTo(-0.2490165, 6);
  expect(2 * mixture.bound(100 / 4, Math.log(1 / 0.05))).toBeCloseTo(33.02017, 4);
});

test.each([
  [0, 0, 1],
  [3, 2, 1],
  [40, 300, 20],
  [200, 5_000, 60],
])("is the mean that it is said to be: sum %d, variance %d, rho %d", (sum, variance, rho) => {
  const steps = 400_000;
  let [total, mass] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const u = (step + 0.5) / steps;
    const density = Math.exp((rho - 1) * Math.log(u) - rho * u + rho);
    mass += density;
    total += density * Math.exp((1 - u) * sum + variance * (Math.log(u) + 1 - u));
  }
  expect(new Mixture(rho).log(sum, variance)).toBeCloseTo(Math.log(total / mass), 3);
});

test("its bound grows a little faster than the root of the variance, and is where the evidence is as large", () => {
  const mixture = new Mixture(rhoFor(300, 0.025));
  const needed = Math.log(40);
  let before = 0;
  for (const variance of [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]) {
    const bound = mixture.bound(variance, needed);
    expect(mixture.log(bound, variance)).toBeCloseTo(needed, 6);
    expect(bound).toBeGreaterThan(before);
    before = bound;
  }
  expect(before).toBeGreaterThan(Math.sqrt(2 * 1_000_000 * needed));
  expect(before).toBeLessThan(2 * Math.sqrt(2 * 1_000_000 * needed));
});
