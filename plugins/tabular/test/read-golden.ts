import { readFileSync } from "node:fs";
import type { ClassMetrics } from "../src/class-rows.ts";
import type { RegressionMetrics } from "../src/regression-rows.ts";
import type { BinaryMetrics } from "../src/scored-rows.ts";

/** What make_sklearn_golden.py wrote. */
export interface Golden {
  threshold: number;
  scores: number[];
  labels: number[];
  counts: number[];
  metrics: BinaryMetrics;
  weighted_metrics: BinaryMetrics;
  /** tn, fp, fn, tp */
  confusion: number[];
  calibration: { observed: number[]; mean_predicted: number[]; slope: number; intercept: number };
  logistic: { matrix: number[][]; labels: number[]; c: number; weights: number[]; bias: number };
  regression: {
    truths: number[];
    answers: number[];
    metrics: RegressionMetrics;
    weighted_metrics: RegressionMetrics;
  };
  /** Four of them. */
  classes: {
    labels: number[];
    scores: number[];
    metrics: ClassMetrics;
    weighted_metrics: ClassMetrics;
    without_first: Partial<ClassMetrics>;
    confusion: number[][];
    by_class: Record<"precision" | "recall" | "f1" | "rows" | "roc_auc", (number | null)[]>;
  };
}

export function readGolden(): Golden {
  return JSON.parse(readFileSync(new URL("sklearn-golden.json", import.meta.url), "utf8")) as Golden;
}
