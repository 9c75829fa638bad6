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

/** The same as tensors. */
export interface Layer {
  kernel: tfjs.Tensor2D;
  bias: tfjs.Tensor1D;
}

/**
 * What a stack of dense layers with ReLU between them gives, of shape [rows, units of the last].
 * @param hidden what is done with the output of each layer but the last
 */
export function outputsOf(
  tf: Tensorflow,
  layers: readonly Layer[],
  inputs: tfjs.Tensor2D,
  hidden: (value: tfjs.Tensor2D) => tfjs.Tensor2D = (value) => value,
): tfjs.Tensor2D {
  let value = inputs;
  for (const [depth, { kernel, bias }] of layers.entries()) {
    value = tf.add(tf.matMul(value, kernel), bias);
    if (depth < layers.length - 1) value = hidden(tf.relu(value));
  }
  return value;
}

/** What a net answers of a row, and what its last layer does for it. */
const ACTIVATIONS = { probability: "sigmoid", probabilities: "softmax", number: "linear" } as const;
export type NetAnswer = keyof typeof ACTIVATIONS;

/** Rows that go through the net at a time. */
const PREDICTION_BATCH = 8192;

/**
 * A layers-model that answers the mean of what its members answer: a probability, one for each class, or a number. Each member is a stack of dense layers
 * with ReLU between them and its logits, or a number, at the end; they read the same input of shape [rows, width] and the answer has shape [rows, answers].
 */
export function buildNetwork(
  tf: Tensorflow,
  members: readonly (readonly DenseWeights[])[],
  answer: NetAnswer = "probability",
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
  answer: NetAnswer,
): tfjs.SymbolicTensor {
  const last = ACTIVATIONS[answer];
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

/** Of a target's values: what a net learns them in. */
export interface TargetScale {
  mean: number;
  /** Above 0. */
  std: number;
}

/** A stack that learnt a target in its scale, so that it answers in the target's own unit. */
export function unscaled(layers: readonly DenseWeights[], { mean, std }: TargetScale): DenseWeights[] {
  const last = layers.at(-1)!;
  const kernel = last.kernel.map((weight) => weight * std);
  return [...layers.slice(0, -1), { ...last, kernel, bias: last.bias.map((bias) => bias * std + mean) }];
}

/** The other way round: a stack that answers in the target's own unit, as one that learns it in its scale. */
export function scaled(layers: readonly DenseWeights[], { mean, std }: TargetScale): DenseWeights[] {
  const last = layers.at(-1)!;
  const kernel = last.kernel.map((weight) => weight / std);
  return [...layers.slice(0, -1), { ...last, kernel, bias: last.bias.map((bias) => (bias - mean) / std) }];
}

/** The answers of each row, row by row. */
export function predictNetwork(tf: Tensorflow, network: tfjs.LayersModel, matrix: Matrix): Float64Array {
  const width = Number((network.outputShape as tfjs.Shape).at(-1));
  const scores = new Float64Array(matrix.rows * width);
  for (let start = 0; start < matrix.rows; start += PREDICTION_BATCH) {
    // As `predict`, which takes three times as long for a few rows.
    const batch = tf.tidy(() => (network.apply(rowsOf(tf, matrix, start, PREDICTION_BATCH)) as tfjs.Tensor).dataSync());
    scores.set(batch, start * width);
  }
  return scores;
}

/** Rows from `start` on, at most `count`, as a tensor of shape [rows, width]. */
export function rowsOf(tf: Tensorflow, { rows, width, values }: Matrix, start: number, count: number): tfjs.Tensor2D {
  const end = Math.min(rows, start + count);
  return tf.tensor2d(values.subarray(start * width, end * width), [end - start, width]);
}
