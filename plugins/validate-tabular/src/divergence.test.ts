import { expect, test } from "vitest";
import { infinityNorm, jensenShannonDivergence } from "./divergence.ts";

test("the Jensen-Shannon divergence is 0 for the same shares, 1 for nothing in common, and as computed by hand between", () => {
  expect(jensenShannonDivergence([1, 3], [10, 30])).toBe(0);
  expect(jensenShannonDivergence([5, 0], [0, 2])).toBe(1);
  // 1/2 KL((.5, .5) | (.7, .3)) + 1/2 KL((.9, .1) | (.7, .3)), base 2
  expect(jensenShannonDivergence([1, 1], [9, 1])).toBeCloseTo(0.14679, 5);
});

test("L-infinity is the largest difference of a share", () => {
  expect(infinityNorm([1, 1, 2], [2, 1, 1])).toBe(0.25);
  expect(infinityNorm([0, 0], [1, 1])).toBe(0.5);
});
