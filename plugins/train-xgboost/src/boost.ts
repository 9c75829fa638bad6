import { PluginFailure } from "@clew/plugin-sdk";
import { addTree, answersOf, baseMargins, type Booster, type Matrix, type Objective } from "@clew/plugin-tabular";
import { BoosterWorker } from "./booster-worker.ts";
import type { TreesParameters } from "./parameters.ts";
import { savedTrees } from "./saved-trees.ts";

/** Rows with what is to be predicted of them. */
export interface Targeted {
  matrix: Matrix;
  targets: Float64Array;
}

/** What rows were answered after a round. */
export interface Round {
  /** From 1. */
  round: number;
  /** Of several classes a probability for each, row by row. */
  training: Float64Array;
  heldOut: Float64Array;
}

export interface BoostingTask {
  objective: Objective;
  /** The targets are their places; none where the objective is of no several classes. */
  classes?: number;
  training: Targeted;
  heldOut: Targeted;
  options: TreesParameters;
  seed: number;
  signal: AbortSignal;
  /** Reports a round; its loss on the held-out part. */
  onRound: (round: Round) => number;
}

/** What the library takes at a time: 20 bytes for each number, of the 2 GiB that WebAssembly has. */
const MAX_VALUES = 40_000_000;

/**
 * Adds trees until the held-out loss has not fallen for `patience` rounds, and keeps those up to the best round.
 * @throws {PluginFailure} BAD_INPUT where the rows are too many
 */
export async function boost({
  objective,
  classes = 1,
  training,
  heldOut,
  options,
  seed,
  signal,
  onRound,
}: BoostingTask): Promise<Booster> {
  const baseScore = objective === "multi:softprob" ? FIRST_MARGIN : Math.fround(meanOf(training.targets));
  const booster: Booster = { objective, baseScore, width: training.matrix.width, outputs: classes, trees: [] };
  const margins = [training, heldOut].map(({ matrix }) => baseMargins(booster, matrix.rows)) as [
    Float32Array,
    Float32Array,
  ];
  const worker = new BoosterWorker({
    values: withoutMarker(training.matrix),
    labels: Float32Array.from(training.targets),
    width: training.matrix.width,
    parameters: { ...parametersOf(booster, options, seed), ...(classes > 1 && { num_class: classes }) },
  });
  let best = { round: 0, loss: Number.POSITIVE_INFINITY };
  try {
    for (let round = 1; round <= options.maxRounds && round - best.round <= options.patience; round++) {
      for (const tree of savedTrees(await worker.round(signal), booster.trees.length)) {
        const place = booster.trees.push(tree) - 1;
        addTree(margins[0], booster, place, training.matrix);
        addTree(margins[1], booster, place, heldOut.matrix);
      }
      const [trained, held] = margins.map((sums) => answersOf(booster, sums)) as [Float64Array, Float64Array];
      const loss = onRound({ round, training: trained, heldOut: held });
      if (loss < best.loss) best = { round, loss };
    }
  } finally {
    await worker.stop();
  }
  return { ...booster, trees: booster.trees.slice(0, best.round * classes) };
}

/** The same for every class, so that it says nothing of any. */
const FIRST_MARGIN = 0.5;

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const BELOW = Math.fround(-1 + 2 ** -24);

/** The library takes -1 for a missing value; the next number above is told from it, and from nothing else. */
function withoutMarker({ rows, width, values }: Matrix): Float32Array {
  if (values.length > MAX_VALUES) {
    const most = Math.floor(MAX_VALUES / width);
    throw new PluginFailure(
      "BAD_INPUT",
      `${rows} rows of ${width} numbers are too many: XGBoost takes at most ${most} rows`,
    );
  }
  return values.map((value) => (value === -1 ? BELOW : value));
}

function parametersOf({ objective, baseScore }: Booster, options: TreesParameters, seed: number) {
  return {
    booster: "gbtree",
    // As version 0.7 calls it.
    objective: objective === "reg:squarederror" ? "reg:linear" : objective,
    tree_method: "exact",
    base_score: baseScore,
    eta: options.learningRate,
    max_depth: options.maxDepth,
    min_child_weight: options.minChildWeight,
    gamma: options.minSplitLoss,
    subsample: options.subsample,
    colsample_bytree: options.columnSample,
    lambda: options.l2,
    alpha: options.l1,
    seed: seed % 2 ** 31,
    silent: 1,
  };
}
