import { encodeFeatures, type Matrix } from "../encode-features.ts";
import type { FittedFeature } from "../features.ts";
import { fitFeatures, momentsOf } from "../fit-features.ts";
import { shareOfOnes } from "../labels.ts";
import { fitLinear, fitLogistic } from "../logistic.ts";
import type { Table } from "../table.ts";
import type { Baseline } from "../tabular-model.ts";
import type { TrainingParameters } from "./parameters.ts";
import type { Part } from "./split-rows.ts";

/** Fits the mean and the linear regressions on the training part of a model that answers a number. */
export function fitNumberBaselines(
  parameters: Pick<TrainingParameters, "baselines">,
  training: Table,
  targets: Float64Array,
  features: FittedFeature[],
  encoded: Matrix,
): Baseline[] {
  const mean: Baseline = { kind: "mean", name: "mean", value: momentsOf(targets).mean };
  const linear = parameters.baselines.map((baseline): Baseline => {
    const { own, matrix } = ownFeatures(baseline, training, features, encoded);
    return { kind: "linear", name: baseline.name, features: own, ...fitLinear(matrix, targets, baseline.c) };
  });
  return [mean, ...linear];
}

/** The share of each class in the training part. */
export function fitClassBaselines(labels: Int32Array, classes: number): Baseline[] {
  const rows = new Float64Array(classes);
  for (const label of labels) rows[label]!++;
  const probabilities = Array.from(rows, (count) => count / labels.length);
  return [{ kind: "shares", name: "majority", probabilities }];
}

function ownFeatures(
  baseline: TrainingParameters["baselines"][number],
  training: Table,
  features: FittedFeature[],
  encoded: Matrix,
): { own: FittedFeature[]; matrix: Matrix } {
  if (baseline.features === "all") return { own: features, matrix: encoded };
  const own = fitFeatures(baseline.features, training);
  return { own, matrix: encodeFeatures(own, training) };
}

/** Fits the majority class and the logistic regressions on the training part. */
export function fitBaselines(
  parameters: Pick<TrainingParameters, "baselines">,
  training: Part,
  features: FittedFeature[],
  encoded: Matrix,
): Baseline[] {
  const majority: Baseline = { kind: "constant", name: "majority", probability: shareOfOnes(training.labels) };
  const logistic = parameters.baselines.map((baseline): Baseline => {
    const { own, matrix } = ownFeatures(baseline, training.table, features, encoded);
    const fitted = fitLogistic(matrix, training.labels, baseline.c);
    return { kind: "logistic", name: baseline.name, features: own, ...fitted };
  });
  return [majority, ...logistic];
}
