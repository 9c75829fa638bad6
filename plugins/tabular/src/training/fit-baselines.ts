import { encodeFeatures, type Matrix } from "../encode-features.ts";
import type { FittedFeature } from "../features.ts";
import { fitFeatures } from "../fit-features.ts";
import { shareOfOnes } from "../labels.ts";
import { fitLogistic } from "../logistic.ts";
import type { Baseline } from "../tabular-model.ts";
import type { TrainingParameters } from "./parameters.ts";
import type { Part } from "./split-rows.ts";

/** Fits the majority class and the logistic regressions on the training part. */
export function fitBaselines(
  parameters: Pick<TrainingParameters, "baselines">,
  training: Part,
  features: FittedFeature[],
  encoded: Matrix,
): Baseline[] {
  const majority: Baseline = { kind: "constant", name: "majority", probability: shareOfOnes(training.labels) };
  const logistic = parameters.baselines.map((baseline): Baseline => {
    const own = baseline.features === "all" ? features : fitFeatures(baseline.features, training.table);
    const matrix = baseline.features === "all" ? encoded : encodeFeatures(own, training.table);
    const fitted = fitLogistic(matrix, training.labels, baseline.c);
    return { kind: "logistic", name: baseline.name, features: own, ...fitted };
  });
  return [majority, ...logistic];
}
