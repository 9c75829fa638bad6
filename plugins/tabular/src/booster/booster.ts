import type { Matrix } from "../encode-features.ts";
import { sigmoid } from "../logistic.ts";

/** A tree by the names of XGBoost's JSON model: one entry for each node, the root first, children after their parents. */
export interface BoosterTree {
  /** -1 where the node is a leaf. */
  left_children: readonly number[];
  right_children: readonly number[];
  /** Which number of a row a node looks at. */
  split_indices: readonly number[];
  /** A row goes left where its number is less; of a leaf, what it adds. */
  split_conditions: readonly number[];
  /** 1 where a row without that number goes left. */
  default_left: readonly number[];
  /** What the split gained, the weight of the node's rows and what it would add as a leaf: said of training, not read to predict. */
  loss_changes: readonly number[];
  sum_hessian: readonly number[];
  base_weights: readonly number[];
}

export type Objective = "binary:logistic" | "multi:softprob" | "reg:squarederror";

/** Boosted trees: what they add to the base score, as a logit where the objective is a probability. */
export interface Booster {
  objective: Objective;
  /** As XGBoost's parameter of this name: a probability where the objective is that of one class. */
  baseScore: number;
  /** Numbers of a row. */
  width: number;
  /** Answers for a row: of several classes one each, else 1. */
  outputs: number;
  /** Of the outputs in turn. */
  trees: BoosterTree[];
}

/** Of each row a sum for each output, before its first tree. XGBoost sums in single precision. */
export function baseMargins({ objective, baseScore, outputs }: Omit<Booster, "width" | "trees">, rows: number) {
  const base = objective === "binary:logistic" ? -Math.log(1 / baseScore - 1) : baseScore;
  return new Float32Array(rows * outputs).fill(base);
}

/**
 * Adds to each row's sum the leaf that it falls into.
 * @param place of the tree among the booster's, which says whose sum it is
 */
export function addTree(
  margins: Float32Array,
  { trees, outputs }: Pick<Booster, "trees" | "outputs">,
  place: number,
  { rows, width, values }: Matrix,
): void {
  const tree = trees[place]!;
  const output = place % outputs;
  for (let row = 0; row < rows; row++) margins[row * outputs + output]! += leafOf(tree, values, row * width);
}

function leafOf(tree: BoosterTree, values: Float32Array, offset: number): number {
  let node = 0;
  while (tree.left_children[node] !== -1) {
    const value = values[offset + tree.split_indices[node]!]!;
    const isLeft = Number.isNaN(value) ? tree.default_left[node] === 1 : value < tree.split_conditions[node]!;
    node = isLeft ? tree.left_children[node]! : tree.right_children[node]!;
  }
  return tree.split_conditions[node]!;
}

/** Probabilities, or numbers, of the rows' sums. */
export function answersOf({ objective, outputs }: Pick<Booster, "objective" | "outputs">, margins: Float32Array) {
  if (objective !== "multi:softprob")
    return Float64Array.from(margins, objective === "binary:logistic" ? sigmoid : undefined);
  const answers = new Float64Array(margins.length);
  for (let start = 0; start < margins.length; start += outputs) {
    answers.set(softmax(margins.subarray(start, start + outputs)), start);
  }
  return answers;
}

function softmax(margins: Float32Array): Float64Array {
  const most = margins.reduce((high, margin) => Math.max(high, margin), -Infinity);
  const parts = Float64Array.from(margins, (margin) => Math.exp(margin - most));
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / whole);
}

/** Row by row. */
export function predictBooster(booster: Booster, matrix: Matrix): Float64Array {
  const margins = baseMargins(booster, matrix.rows);
  for (const place of booster.trees.keys()) addTree(margins, booster, place, matrix);
  return answersOf(booster, margins);
}
