import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  ClassRows,
  type Objective,
  predictBooster,
  readBooster,
  RegressionRows,
  ScoredRows,
  writeBooster,
} from "@clew/plugin-tabular";
import { boost, type Round, type Targeted } from "./boost.ts";
import { Parameters, type TreesParameters } from "./parameters.ts";

interface Golden {
  training_rows: number;
  rounds: number;
  width: number;
  values: number[];
  binary: Fitted & { roc_auc: number; log_loss: number };
  several: Fitted & { log_loss: number };
  regression: Fitted & { rmse: number };
}
interface Fitted {
  targets: number[];
  answers: number[];
  model: object;
}
const GOLDEN = JSON.parse(readFileSync(new URL("../test/golden.json", import.meta.url), "utf8")) as Golden;
const NAMES = ["a", "b", "c", "d", "e"];

const OPTIONS: TreesParameters = {
  ...Parameters.shape.trees.parse({}),
  maxRounds: GOLDEN.rounds,
  patience: GOLDEN.rounds,
  learningRate: 0.3,
  maxDepth: 4,
  minChildWeight: 2,
  minSplitLoss: 0.1,
};

function rowsOf({ targets }: Fitted, from: number, to: number): Targeted {
  const { width, values } = GOLDEN;
  const matrix = { rows: to - from, width, values: Float32Array.from(values.slice(from * width, to * width)) };
  return { matrix, targets: Float64Array.from(targets.slice(from, to)) };
}

interface Given {
  options?: Partial<TreesParameters>;
  seed?: number;
  signal?: AbortSignal;
  lossOf?: (round: Round) => number;
}

const FITTED = {
  "binary:logistic": GOLDEN.binary,
  "multi:softprob": GOLDEN.several,
  "reg:squarederror": GOLDEN.regression,
} as const satisfies Record<Objective, Fitted>;

async function boosted(objective: Objective, given: Given = {}) {
  const fitted = FITTED[objective];
  const heldOut = rowsOf(fitted, GOLDEN.training_rows, fitted.targets.length);
  const rounds: Round[] = [];
  const booster = await boost({
    objective,
    classes: objective === "multi:softprob" ? 3 : 1,
    training: rowsOf(fitted, 0, GOLDEN.training_rows),
    heldOut,
    options: { ...OPTIONS, ...given.options },
    seed: given.seed ?? 1,
    signal: given.signal ?? new AbortController().signal,
    onRound: (round) => {
      rounds.push(round);
      return given.lossOf?.(round) ?? -round.round;
    },
  });
  return { booster, heldOut, rounds, answers: predictBooster(booster, heldOut.matrix) };
}

test("a classifier is as good as Python's XGBoost makes one of the same rows", async () => {
  const { heldOut, answers, rounds } = await boosted("binary:logistic");
  const { roc_auc, log_loss } = new ScoredRows(Uint8Array.from(heldOut.targets), answers, 0.5).measure();
  expect(roc_auc).toBeCloseTo(GOLDEN.binary.roc_auc, 4);
  expect(log_loss).toBeCloseTo(GOLDEN.binary.log_loss, 5);
  expect(rounds.at(-1)?.heldOut).toEqual(answers);
});

test("so is a regression", async () => {
  const { heldOut, answers } = await boosted("reg:squarederror");
  expect(new RegressionRows(heldOut.targets, answers).measure().rmse).toBeCloseTo(GOLDEN.regression.rmse, 4);
});

test("so is one of several classes, of which each has a tree a round", async () => {
  const { booster, heldOut, answers, rounds } = await boosted("multi:softprob");
  expect(booster.trees).toHaveLength(3 * GOLDEN.rounds);
  const { log_loss } = new ClassRows(Int32Array.from(heldOut.targets), answers, 3).unranked();
  expect(log_loss).toBeCloseTo(GOLDEN.several.log_loss, 5);
  expect(rounds.at(-1)?.heldOut).toEqual(answers);
});

test.each(["binary", "several", "regression"] as const)(
  "%s: a model of Python's XGBoost answers here as there",
  (task) => {
    const { model, answers } = GOLDEN[task];
    const { matrix } = rowsOf(GOLDEN[task], GOLDEN.training_rows, GOLDEN[task].targets.length);
    const given = predictBooster(readBooster(JSON.stringify(model)), matrix);
    for (const [row, answer] of given.entries()) expect(answer).toBeCloseTo(answers[row]!, 5);
  },
);

test("what is written is read again as it was", async () => {
  const { booster } = await boosted("binary:logistic", { options: { maxRounds: 3 } });
  const { trees, ...head } = readBooster(writeBooster(booster, NAMES));
  expect(head).toEqual({ objective: "binary:logistic", baseScore: booster.baseScore, width: 5, outputs: 1 });
  expect(trees.map(({ split_conditions }) => split_conditions)).toEqual(
    booster.trees.map(({ split_conditions }) => split_conditions),
  );
});

test("trees of the best round are kept, and training ends `patience` rounds after it", async () => {
  const lossOf = ({ round }: Round) => Math.abs(round - 4);
  const { booster, rounds } = await boosted("binary:logistic", { options: { patience: 3 }, lossOf });
  expect(rounds).toHaveLength(7);
  expect(booster.trees).toHaveLength(4);
});

test("of several classes all the trees of the best round are kept", async () => {
  const lossOf = ({ round }: Round) => Math.abs(round - 4);
  const { booster, rounds } = await boosted("multi:softprob", { options: { patience: 2 }, lossOf });
  expect(rounds).toHaveLength(6);
  expect(booster.trees).toHaveLength(12);
});

test("the same seed gives the same trees, another others", async () => {
  const options = { subsample: 0.5, columnSample: 0.6, maxRounds: 4 };
  const trees = async (seed: number) => (await boosted("binary:logistic", { options, seed })).booster.trees;
  expect(await trees(7)).toEqual(await trees(7));
  expect(await trees(7)).not.toEqual(await trees(8));
});

test("-1 is a number as any other, though the library takes it for a missing value", async () => {
  const values = Float32Array.from({ length: 300 }, (_, row) => [-2, -1, 0][row % 3]!);
  const targets = Float64Array.from(values, (value) => Number(value === -1));
  const rows = { matrix: { rows: 300, width: 1, values }, targets };
  const { signal } = new AbortController();
  const task = {
    objective: "binary:logistic",
    training: rows,
    heldOut: rows,
    options: OPTIONS,
    seed: 1,
    signal,
  } as const;
  const booster = await boost({ ...task, onRound: ({ round }) => -round });
  const [low, middle, high] = predictBooster(booster, { rows: 3, width: 1, values: Float32Array.of(-2, -1, 0) });
  expect(middle).toBeGreaterThan(0.9);
  expect(Math.max(low!, high!)).toBeLessThan(0.1);
});

test("a cancelled job stops in the middle of a round", async () => {
  const stop = new AbortController();
  const lossOf = ({ round }: Round) => {
    stop.abort(new Error("enough"));
    return -round;
  };
  await expect(boosted("binary:logistic", { signal: stop.signal, lossOf })).rejects.toThrow("enough");
});

test("what the library cannot take is said, and not a crash of the job", async () => {
  const rows = {
    matrix: { rows: 2, width: 1, values: Float32Array.of(Number.NaN, 1) },
    targets: Float64Array.of(0, 1),
  };
  const { signal } = new AbortController();
  const task = {
    objective: "binary:logistic",
    training: rows,
    heldOut: rows,
    options: OPTIONS,
    seed: 1,
    signal,
  } as const;
  await expect(boost({ ...task, onRound: () => 0 })).rejects.toMatchObject({
    type: "PLUGIN_ERROR",
    message: expect.stringContaining("XGBoost gave up") as unknown,
  });
});
