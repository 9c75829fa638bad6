import type * as tfjs from "@tensorflow/tfjs";
import {
  type DenseWeights,
  type Layer,
  type Matrix,
  type NetObjective,
  outputsOf,
  rowsOf,
  type Tensorflow,
} from "@clew/plugin-tabular";
import { adamStep, type Learnt, unlearnt } from "./adam.ts";

/** A dense layer that is learnt. */
export interface OnlineLayer {
  inputs: number;
  units: number;
  kernel: Learnt;
  bias: Learnt;
}

/** A net, and all that it takes to go on training it. */
export interface OnlineState {
  /** Of Adam, over the life of the net. */
  steps: number;
  /** Rows learnt online, over the life of the net. */
  rows: number;
  /** Of a number: in standard deviations of the target from its mean. */
  members: OnlineLayer[][];
}

export function freshState(members: readonly (readonly DenseWeights[])[]): OnlineState {
  const layersOf = (layers: readonly DenseWeights[]) =>
    layers.map(({ inputs, units, kernel, bias }) => ({
      inputs,
      units,
      kernel: unlearnt(Float32Array.from(kernel)),
      bias: unlearnt(Float32Array.from(bias)),
    }));
  return { steps: 0, rows: 0, members: members.map(layersOf) };
}

/** The weights as they stand. */
export function weightsOf({ members }: OnlineState): DenseWeights[][] {
  return members.map((layers) =>
    layers.map(({ inputs, units, kernel, bias }) => ({ inputs, units, kernel: kernel.values, bias: bias.values })),
  );
}

/** The mean of what the members answer. */
export function answersOf(
  tf: Tensorflow,
  members: readonly (readonly DenseWeights[])[],
  objective: NetObjective,
  matrix: Matrix,
): Float64Array {
  const answers = new Float64Array(matrix.rows);
  for (const layers of members) {
    const own = tf.tidy(() => {
      const inputs = rowsOf(tf, matrix, 0, matrix.rows);
      return objective
        .answers(
          tf,
          outputsOf(
            tf,
            layers.map((layer) => tensorsOf(tf, layer)),
            inputs,
          ),
        )
        .dataSync();
    });
    for (let row = 0; row < answers.length; row++) answers[row]! += own[row]! / members.length;
  }
  return answers;
}

/** One step on a batch, in place; the members learn it each by itself. */
export function learn(
  tf: Tensorflow,
  state: OnlineState,
  objective: NetObjective,
  batch: { matrix: Matrix; targets: ArrayLike<number> },
  learningRate: number,
): void {
  state.steps++;
  state.rows += batch.matrix.rows;
  for (const layers of state.members) {
    const gradients = gradientsOf(tf, layers, objective, batch);
    for (const [depth, { kernel, bias }] of layers.entries()) {
      adamStep(kernel, gradients[2 * depth]!, state.steps, learningRate);
      adamStep(bias, gradients[2 * depth + 1]!, state.steps, learningRate);
    }
  }
}

/** Of each layer's kernel and bias, one after the other. */
function gradientsOf(
  tf: Tensorflow,
  layers: readonly OnlineLayer[],
  objective: NetObjective,
  { matrix, targets }: { matrix: Matrix; targets: ArrayLike<number> },
): Float32Array[] {
  return tf.tidy(() => {
    const inputs = rowsOf(tf, matrix, 0, matrix.rows);
    const wanted = tf.tensor2d(Float32Array.from(targets), [matrix.rows, 1]);
    const values = layers.flatMap(({ inputs: rows, units, kernel, bias }) => {
      const { kernel: first, bias: second } = tensorsOf(tf, {
        inputs: rows,
        units,
        kernel: kernel.values,
        bias: bias.values,
      });
      return [first, second];
    });
    const loss = (...tensors: tfjs.Tensor[]) => objective.loss(tf, wanted, outputsOf(tf, paired(tensors), inputs));
    return tf
      .grads(loss)(values)
      .map((gradient) => gradient.dataSync() as Float32Array);
  });
}

function paired(tensors: readonly tfjs.Tensor[]): Layer[] {
  const layers: Layer[] = [];
  for (let at = 0; at < tensors.length; at += 2)
    layers.push({ kernel: tensors[at] as tfjs.Tensor2D, bias: tensors[at + 1] as tfjs.Tensor1D });
  return layers;
}

function tensorsOf(tf: Tensorflow, { inputs, units, kernel, bias }: DenseWeights): Layer {
  return { kernel: tf.tensor2d(kernel, [inputs, units]), bias: tf.tensor1d(bias) };
}
