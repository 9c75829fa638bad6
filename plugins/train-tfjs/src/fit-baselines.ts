import {
  type Baseline,
  encodeFeatures,
  type FittedFeature,
  fitFeatures,
  fitLogistic,
  shareOfOnes,
} from "@clew/plugin-tabular";
import type { LabelledMatrix } from "./member-trainer.ts";
import type { Parameters } from "./parameters.ts";
import type { Part } from "./split-rows.ts";

/** Fits the majority class and the logistic regressions on the training part. */
export function fitBaselines(
  parameters: Parameters,
  training: Part,
  features: FittedFeature[],
  encoded: LabelledMatrix,
): Baseline[] {
  const majority: Baseline = { kind: "constant", name: "majority", probability: shareOfOnes(training.labels) };
  const logistic = parameters.baselines.map((baseline): Baseline => {
    const own = baseline.features === "all" ? features : fitFeatures(baseline.features, training.table);
    const matrix = baseline.features === "all" ? encoded.matrix : encodeFeatures(own, training.table);
    const fitted = fitLogistic(matrix, training.labels, baseline.c);
    return { kind: "logistic", name: baseline.name, features: own, ...fitted };
  });
  return [majority, ...logistic];
}
