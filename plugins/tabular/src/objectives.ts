import type * as tfjs from "@tensorflow/tfjs";
import { z } from "zod";
import type { Tensorflow } from "./backend.ts";
import { ClassRows } from "./class-rows.ts";
import { RegressionRows } from "./regression-rows.ts";
import { ScoredRows } from "./scored-rows.ts";

type Targets = Uint8Array | Int32Array | Float64Array;

/** How a net that answers a number learns it. */
export const NUMBER_LOSS_FIELDS = {
  loss: z
    .enum(["mse", "huber"])
    .default("mse")
    .describe(
      "Of a number: squared errors, or squared ones that go on straight where they are large (less moved by outliers)",
    ),
  huberDelta: z.number().positive().default(1).describe("Where they do, in standard deviations of the target"),
};
const NumberLoss = z.strictObject(NUMBER_LOSS_FIELDS);

/** What a net learns to answer. Outputs are what its last layer gives, of shape [rows, outputs]; targets are of shape [rows, 1]. */
export interface NetObjective {
  readonly outputs: number;
  /** Mean over the rows. */
  loss(tf: Tensorflow, targets: tfjs.Tensor2D, outputs: tfjs.Tensor2D): tfjs.Scalar;
  /** The net's answers, as targets are given. */
  answers(tf: Tensorflow, outputs: tfjs.Tensor2D): tfjs.Tensor;
  /** `loss` decides which epoch is best; `points` are recorded of each. */
  measure(targets: Targets, answers: Float64Array): { loss: number; points: Record<string, number> };
}

/** The probability of a 1, by the log loss. */
export const PROBABILITY: NetObjective = {
  outputs: 1,
  loss: (tf, labels, logits) => tf.losses.sigmoidCrossEntropy(labels, logits).asScalar(),
  answers: (tf, logits) => tf.sigmoid(logits),
  measure: (labels, scores) => {
    const { log_loss, roc_auc } = new ScoredRows(Uint8Array.from(labels), scores, 0.5).measure();
    return { loss: log_loss, points: { val_log_loss: log_loss, val_roc_auc: roc_auc } };
  },
};

/** The probability of each of several classes, whose places are the targets, by the log loss. */
export function probabilitiesOf(classes: number): NetObjective {
  return {
    outputs: classes,
    loss: (tf, places, logits) => {
      const labels = tf.oneHot(tf.cast(tf.squeeze(places, [1]), "int32"), classes);
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    },
    answers: (tf, logits) => tf.softmax(logits),
    measure: (places, scores) => {
      const { log_loss, accuracy } = new ClassRows(Int32Array.from(places), scores, classes).unranked();
      return { loss: log_loss, points: { val_log_loss: log_loss, val_accuracy: accuracy } };
    },
  };
}

/**
 * A number, by squared errors or Huber's loss.
 * @param spread standard deviation of the target in the training part: the targets are given in it, errors are measured in the target's unit
 */
export function numberBy({ loss, huberDelta: delta }: z.output<typeof NumberLoss>, spread: number): NetObjective {
  return {
    outputs: 1,
    loss: (tf, targets, outputs) => {
      const errors = tf.sub(outputs, targets);
      if (loss === "mse") return tf.mean(tf.square(errors)).asScalar();
      // Huber: half the square of what lies within delta, and a line beyond it.
      const within = tf.clipByValue(errors, -delta, delta);
      const beyond = tf.mul(delta, tf.abs(tf.sub(errors, within)));
      return tf.mean(tf.add(tf.mul(0.5, tf.square(within)), beyond)).asScalar();
    },
    answers: (_, outputs) => outputs,
    measure: (targets, answers) => {
      const { rmse, mae } = new RegressionRows(Float64Array.from(targets), answers).measure();
      const points = { val_rmse: rmse * spread, val_mae: mae * spread };
      return { loss: loss === "mse" ? rmse : meanHuber(targets, answers, delta), points };
    },
  };
}

function meanHuber(targets: Targets, answers: Float64Array, delta: number): number {
  const sum = answers.reduce((total, answer, row) => {
    const size = Math.abs(answer - targets[row]!);
    return total + (size <= delta ? size ** 2 / 2 : delta * (size - delta / 2));
  }, 0);
  return sum / answers.length;
}
