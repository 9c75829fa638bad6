import type * as tfjs from "@tensorflow/tfjs";
import type { Tensorflow } from "./backend.ts";
import type { Matrix } from "./encode-features.ts";

/** A dense layer: kernel of shape [inputs, units], row by row, and bias of shape [units]. */
export interface DenseWeights {
  inputs: number;
  units: number;
  kernel: Float32Array;
  bias: Float32Array;
}

/** Rows that go through the net at a time. */
const PREDICTION_BATCH = 8192;

/**
 * A layers-model that answers the mean of what its members answer: a probability, or a number. Each member is a stack of dense layers with
 * ReLU between them and one logit, or number, at the end; they read the same input of shape [rows, width] and the answer has shape [rows, 1].
 */
export function buildNetwork(
  tf: Tensorflow,
  members: readonly (readonly DenseWeights[])[],
  answer: "probability" | "number" = "probability",
): tfjs.LayersModel {
  const width = members[0]![0]!.inputs;
  const input = tf.input({ shape: [width], name: "features" });
  const answers = members.map((layers, member) => memberOutput(tf, input, layers, `member${member}`, answer));
  const [first] = answers;
  const output = answers.length === 1 ? first! : (tf.layers.average({ name: "mean" }).apply(answers) as typeof input);
  return tf.model({ inputs: input, outputs: output, name: "tabular" });
}

function memberOutput(
  tf: Tensorflow,
  input: tfjs.SymbolicTensor,
  layers: readonly DenseWeights[],
  member: string,
  answer: "probability" | "number",
): tfjs.SymbolicTensor {
  const last = answer === "probability" ? "sigmoid" : "linear";
  let value = input;
  for (const [depth, weights] of layers.entries()) {
    const isLast = depth === layers.length - 1;
    const name = isLast ? `${member}_${answer}` : `${member}_hidden${depth}`;
    const layer = tf.layers.dense({ units: weights.units, activation: isLast ? last : "relu", name });
    value = layer.apply(value) as tfjs.SymbolicTensor;
    const { inputs, units, kernel, bias } = weights;
    tf.tidy(() => layer.setWeights([tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)]));
  }
  return value;
}

/** The probability of each row. */
export function predictNetwork(tf: Tensorflow, network: tfjs.LayersModel, matrix: Matrix): Float64Array {
  const scores = new Float64Array(matrix.rows);
  for (let start = 0; start < matrix.rows; start += PREDICTION_BATCH) {
    // As `predict`, which takes three times as long for a few rows.
    const batch = tf.tidy(() => (network.apply(rowsOf(tf, matrix, start, PREDICTION_BATCH)) as tfjs.Tensor).dataSync());
    scores.set(batch, start);
  }
  return scores;
}

/** Rows from `start` on, at most `count`, as a tensor of shape [rows, width]. */
export function rowsOf(tf: Tensorflow, { rows, width, values }: Matrix, start: number, count: number): tfjs.Tensor2D {
  const end = Math.min(rows, start + count);
  return tf.tensor2d(values.subarray(start * width, end * width), [end - start, width]);
}
