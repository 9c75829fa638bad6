const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/** A list of numbers that are learnt, with what Adam remembers of their gradients. */
export interface Learnt {
  values: Float32Array;
  /** Running mean of the gradients. */
  mean: Float32Array;
  /** Running mean of their squares. */
  square: Float32Array;
}

/** Zeros to remember by: nothing has been learnt yet. */
export function unlearnt(values: Float32Array): Learnt {
  return { values, mean: new Float32Array(values.length), square: new Float32Array(values.length) };
}

/**
 * One step of Adam (Kingma and Ba 2015), in place. TensorFlow.js has one too, but what it saves does not give the same numbers again: it
 * multiplies up what it takes a power of when it is loaded.
 * @param step from 1, over the life of the net
 */
export function adamStep(learnt: Learnt, gradient: Float32Array, step: number, learningRate: number): void {
  const { values, mean, square } = learnt;
  const rate = (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
  const epsilon = EPSILON * Math.sqrt(1 - BETA2 ** step);
  for (let index = 0; index < values.length; index++) {
    const slope = gradient[index]!;
    mean[index] = BETA1 * mean[index]! + (1 - BETA1) * slope;
    square[index] = BETA2 * square[index]! + (1 - BETA2) * slope ** 2;
    values[index] = values[index]! - (rate * mean[index]!) / (Math.sqrt(square[index]!) + epsilon);
  }
}
