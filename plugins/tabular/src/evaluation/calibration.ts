import { clipped } from "../log-loss.ts";
import { percentile } from "./percentile.ts";

export interface CalibrationBin {
  count: number;
  meanPredicted: number;
  /** Share of positives. */
  observed: number;
}

export interface Calibration {
  bins: CalibrationBin[];
  /** Expected calibration error: the bins' absolute differences between prediction and observation, weighted by rows. */
  expectedCalibrationError: number;
  /**
   * Of a logistic regression of the label on the logit of the probability (Cox 1958): slope 1 and intercept 0 where
   * calibrated, slope below 1 where too extreme, intercept above 0 where too low. NaN where the labels or the scores are all alike.
   */
  slope: number;
  intercept: number;
}

const BINS = 10;

/** Bins at the quantiles of the scores, as scikit-learn's calibration_curve(strategy="quantile", n_bins=10) makes them. */
export function calibrationOf(labels: Uint8Array, scores: Float64Array): Calibration {
  const bins = quantileBins(labels, scores);
  const differences = bins.map((bin) => bin.count * Math.abs(bin.observed - bin.meanPredicted));
  const expectedCalibrationError = differences.reduce((sum, part) => sum + part, 0) / labels.length;
  return { bins, expectedCalibrationError, ...coxCalibration(labels, scores) };
}

function quantileBins(labels: Uint8Array, scores: Float64Array): CalibrationBin[] {
  const sorted = Float64Array.from(scores).toSorted();
  const edges = Array.from({ length: BINS - 1 }, (_, index) => percentile(sorted, (index + 1) / BINS));
  const sums = Array.from({ length: BINS }, () => ({ count: 0, scores: 0, positives: 0 }));
  for (let row = 0; row < labels.length; row++) {
    // numpy.searchsorted, side left: a score on an edge belongs to the lower bin.
    const below = edges.findIndex((edge) => scores[row]! <= edge);
    const bin = sums[below === -1 ? BINS - 1 : below]!;
    bin.count++;
    bin.scores += scores[row]!;
    bin.positives += labels[row]!;
  }
  const filled = sums.filter((bin) => bin.count > 0);
  return filled.map((bin) => ({
    count: bin.count,
    meanPredicted: bin.scores / bin.count,
    observed: bin.positives / bin.count,
  }));
}

const MAX_STEPS = 50;

/** Newton's method on two parameters. */
function coxCalibration(labels: Uint8Array, scores: Float64Array): { slope: number; intercept: number } {
  const logits = scores.map((score) => {
    const kept = clipped(score);
    return Math.log(kept / (1 - kept));
  });
  const undefinedFit = { slope: Number.NaN, intercept: Number.NaN };
  if (isConstant(labels) || isConstant(logits)) return undefinedFit;
  let fit = { slope: 1, intercept: 0 };
  for (let step = 0; step < MAX_STEPS; step++) {
    const { next, moved } = newtonStep(labels, logits, fit);
    if (!Number.isFinite(moved)) return undefinedFit;
    fit = next;
    if (moved < 1e-10) return fit;
  }
  return undefinedFit;
}

interface Fit {
  slope: number;
  intercept: number;
}

function newtonStep(labels: Uint8Array, logits: Float64Array, { slope, intercept }: Fit): { next: Fit; moved: number } {
  let [gradientA, gradientB, aa, ab, bb] = [0, 0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const logit = logits[row]!;
    const predicted = 1 / (1 + Math.exp(-(intercept + slope * logit)));
    const error = labels[row]! - predicted;
    const weight = predicted * (1 - predicted);
    gradientA += error;
    gradientB += error * logit;
    aa += weight;
    ab += weight * logit;
    bb += weight * logit * logit;
  }
  const determinant = aa * bb - ab * ab;
  const stepA = (bb * gradientA - ab * gradientB) / determinant;
  const stepB = (aa * gradientB - ab * gradientA) / determinant;
  return { next: { slope: slope + stepB, intercept: intercept + stepA }, moved: Math.abs(stepA) + Math.abs(stepB) };
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false;
  return true;
}
