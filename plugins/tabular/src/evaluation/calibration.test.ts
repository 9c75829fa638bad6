import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { calibrationOf } from "./calibration.ts";

interface Golden {
  scores: number[];
  labels: number[];
  calibration: { observed: number[]; mean_predicted: number[]; slope: number; intercept: number };
}
const golden = JSON.parse(readFileSync(new URL("../../test/sklearn-golden.json", import.meta.url), "utf8")) as Golden;
const calibration = calibrationOf(Uint8Array.from(golden.labels), Float64Array.from(golden.scores));

test("the bins are those of scikit-learn's calibration_curve, with ties on the edges", () => {
  const { observed, mean_predicted: predicted } = golden.calibration;
  expect(calibration.bins).toHaveLength(observed.length);
  for (const [index, bin] of calibration.bins.entries()) {
    expect(bin.observed).toBeCloseTo(observed.at(index)!, 12);
    expect(bin.meanPredicted).toBeCloseTo(predicted.at(index)!, 12);
  }
  expect(calibration.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(golden.labels.length);
});

test("slope and intercept are those of a logistic regression on the logits", () => {
  expect(calibration.slope).toBeCloseTo(golden.calibration.slope, 4);
  expect(calibration.intercept).toBeCloseTo(golden.calibration.intercept, 4);
});

test("the error is the mean distance of the bins, by rows", () => {
  // All scores alike: one bin.
  const { bins, expectedCalibrationError, slope } = calibrationOf(
    Uint8Array.of(1, 0, 0, 0),
    new Float64Array(4).fill(0.4),
  );
  expect(bins).toHaveLength(1);
  expect(bins[0]).toMatchObject({ count: 4, observed: 0.25 });
  expect(expectedCalibrationError).toBeCloseTo(0.15, 12);
  expect(slope).toBeNaN();
});

test("labels that the scores separate have no slope, rather than any", () => {
  expect(calibrationOf(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.8, 0.9)).slope).toBeNaN();
});
