import { expect, test } from "vitest";
import { thresholdByF1 } from "./choose-threshold.ts";

test("the threshold has the highest F1 of all that could be chosen", () => {
  // From 0.6 on: 2 of 3 right, all found: F1 0.8; from 0.9 on: F1 2/3.
  expect(thresholdByF1(Uint8Array.of(1, 0, 1, 0), Float64Array.of(0.9, 0.7, 0.6, 0.1))).toBe(0.6);
});

test("rows of one score are taken together", () => {
  // From 0.5 on: 1 of 3 right: F1 0.5; the positive of the three cannot be had alone.
  expect(thresholdByF1(Uint8Array.of(1, 0, 0, 1), Float64Array.of(0.5, 0.5, 0.5, 0.4))).toBe(0.4);
});
