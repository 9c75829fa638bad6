import type * as tfjs from "@tensorflow/tfjs";
import {
  type DenseWeights,
  type Layer,
  type Matrix,
  type NetObjective,
  outputsOf,
  type Random,
  randomFrom,
  range,
  rowsOf,
  seedFor,
  shuffle,
  type Tensorflow,
} from "@clew/plugin-tabular";

export interface NetworkOptions {
  hiddenUnits: readonly number[];
  dropout: number;
  inputDropout: number;
  l2: number;
  learningRate: number;
  /** What the learning rate is multiplied with after every epoch. */
  learningRateDecay: number;
  batchSize: number;
}

/** Rows with what is to be learnt of them. */
export interface Targeted {
  matrix: Matrix;
  targets: Uint8Array | Int32Array | Float64Array;
}

/** A layer that is learnt. */
interface LearntLayer extends Layer {
  kernel: tfjs.Variable<tfjs.Rank.R2>;
  bias: tfjs.Variable<tfjs.Rank.R1>;
}

const PREDICTION_BATCH = 8192;

/**
 * Trains one stack of dense layers by Adam. Every random number (first weights, order of the rows, dropout)
 * comes from the seed through a generator of its own: TensorFlow.js draws its masks and orders from Math.random.
 */
export class MemberTrainer implements Disposable {
  readonly #tf: Tensorflow;
  readonly #objective: NetObjective;
  readonly #options: NetworkOptions;
  readonly #training: Targeted;
  readonly #layers: LearntLayer[];
  readonly #optimizer: tfjs.AdamOptimizer;
  readonly #orderRandom: Random;
  readonly #maskRandom: Random;
  readonly #order: Int32Array;

  constructor(tf: Tensorflow, training: Targeted, objective: NetObjective, options: NetworkOptions, seed: number) {
    this.#tf = tf;
    this.#objective = objective;
    this.#options = options;
    this.#training = training;
    const sizes = [training.matrix.width, ...options.hiddenUnits, objective.outputs];
    this.#layers = firstLayers(tf, sizes, randomFrom(seedFor(seed, 0)));
    this.#optimizer = tf.train.adam(options.learningRate);
    this.#orderRandom = randomFrom(seedFor(seed, 1));
    this.#maskRandom = randomFrom(seedFor(seed, 2));
    this.#order = range(training.matrix.rows);
  }

  /** One pass over the training rows, in a new order; yields the mean loss of each batch. */
  *epoch(): Generator<number> {
    shuffle(this.#order, this.#orderRandom);
    for (let start = 0; start < this.#order.length; start += this.#options.batchSize) {
      yield this.#step(this.#order.subarray(start, start + this.#options.batchSize));
    }
    const optimizer = this.#optimizer as unknown as { learningRate: number };
    optimizer.learningRate *= this.#options.learningRateDecay;
  }

  #step(rows: Int32Array): number {
    const tf = this.#tf;
    return tf.tidy(() => {
      const { inputs, targets } = this.#batch(rows);
      let loss: tfjs.Scalar | undefined;
      const cost = this.#optimizer.minimize(
        () => {
          loss = this.#objective.loss(tf, targets, this.#outputs(inputs, true));
          return tf.add(loss, this.#penalty());
        },
        true,
        this.#layers.flatMap(({ kernel, bias }) => [kernel, bias]),
      );
      return cost!.dataSync()[0]!;
    });
  }

  #batch(rows: Int32Array): { inputs: tfjs.Tensor2D; targets: tfjs.Tensor2D } {
    const { matrix, targets } = this.#training;
    const { width } = matrix;
    const values = new Float32Array(rows.length * width);
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      values.set(matrix.values.subarray(row * width, (row + 1) * width), index * width);
    }
    return {
      inputs: this.#tf.tensor2d(values, [rows.length, width]),
      targets: this.#tf.tensor2d(
        Float32Array.from(rows, (row) => targets[row]!),
        [rows.length, 1],
      ),
    };
  }

  #outputs(inputs: tfjs.Tensor2D, isTraining: boolean): tfjs.Tensor2D {
    const { dropout, inputDropout } = this.#options;
    if (!isTraining) return outputsOf(this.#tf, this.#layers, inputs);
    const given = this.#dropped(inputs, inputDropout);
    return outputsOf(this.#tf, this.#layers, given, (hidden) => this.#dropped(hidden, dropout));
  }

  #dropped(value: tfjs.Tensor2D, rate: number): tfjs.Tensor2D {
    if (rate === 0) return value;
    const kept = 1 / (1 - rate);
    const mask = new Float32Array(value.size);
    for (let index = 0; index < mask.length; index++) mask[index] = this.#maskRandom() < rate ? 0 : kept;
    return this.#tf.mul(value, this.#tf.tensor2d(mask, value.shape));
  }

  #penalty(): tfjs.Scalar {
    const tf = this.#tf;
    const squares = this.#layers.map(({ kernel }) => tf.sum(tf.square(kernel)));
    return tf.mul(tf.addN(squares), this.#options.l2);
  }

  /** Answers in the units of the targets, without dropout. */
  predict(matrix: Matrix): Float64Array {
    const { outputs } = this.#objective;
    const scores = new Float64Array(matrix.rows * outputs);
    for (let start = 0; start < matrix.rows; start += PREDICTION_BATCH) {
      const batch = this.#tf.tidy(() => {
        const rows = rowsOf(this.#tf, matrix, start, PREDICTION_BATCH);
        return this.#objective.answers(this.#tf, this.#outputs(rows, false)).dataSync();
      });
      scores.set(batch, start * outputs);
    }
    return scores;
  }

  weights(): DenseWeights[] {
    return this.#layers.map(({ kernel, bias }) => {
      const [inputs, units] = kernel.shape;
      return { inputs, units, kernel: Float32Array.from(kernel.dataSync()), bias: Float32Array.from(bias.dataSync()) };
    });
  }

  [Symbol.dispose](): void {
    this.#optimizer.dispose();
    for (const { kernel, bias } of this.#layers) this.#tf.dispose([kernel, bias]);
  }
}

function firstLayers(tf: Tensorflow, sizes: readonly number[], random: Random): LearntLayer[] {
  return sizes.slice(1).map((units, index) => {
    const inputs = sizes[index]!;
    // Uniform, scaled by inputs and outputs (Glorot and Bengio 2010).
    const limit = Math.sqrt(6 / (inputs + units));
    const kernel = Float32Array.from({ length: inputs * units }, () => (2 * random() - 1) * limit);
    // tidy: a variable outlives it, the tensor that it is made from does not.
    return tf.tidy(() => ({
      kernel: tf.variable(tf.tensor2d(kernel, [inputs, units])),
      bias: tf.variable(tf.tensor1d(new Float32Array(units))),
    }));
  });
}
