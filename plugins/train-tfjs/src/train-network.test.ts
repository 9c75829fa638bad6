import { expect, test } from "vitest";
import {
  buildNetwork,
  ClassRows,
  loadBackend,
  numberBy,
  predictNetwork,
  probabilitiesOf,
  PROBABILITY,
  randomFrom,
  ScoredRows,
} from "@clew/plugin-tabular";
import type { Targeted } from "./member-trainer.ts";
import type { NetworkParameters } from "./parameters.ts";
import { type EpochReport, trainNetwork } from "./train-network.ts";

const OPTIONS: NetworkParameters = {
  hiddenUnits: [16],
  dropout: 0.1,
  inputDropout: 0,
  loss: "mse",
  huberDelta: 1,
  l2: 1e-5,
  learningRate: 0.02,
  learningRateDecay: 1,
  batchSize: 32,
  maxEpochs: 15,
  patience: 15,
  members: 1,
};

/** Exclusive or, which no linear model can tell. */
function xor(rows: number, seed: number): Targeted {
  const random = randomFrom(seed);
  const values = Float32Array.from({ length: rows * 2 }, () => random() * 2 - 1);
  const targets = Uint8Array.from({ length: rows }, (_, row) =>
    Number(values.at(row * 2)! * values.at(row * 2 + 1)! > 0),
  );
  return { matrix: { rows, width: 2, values }, targets };
}

async function trained(
  given: Partial<NetworkParameters> = {},
  seed = 1,
  signal = new AbortController().signal,
  backend: "wasm" | "cpu" = "wasm",
) {
  const { tf } = await loadBackend(backend);
  const epochs: EpochReport[] = [];
  const heldOut = xor(200, 2);
  const options = { ...OPTIONS, ...given };
  const onEpoch = (report: EpochReport) => void epochs.push(report);
  const task = { tf, training: xor(400, 1), heldOut, objective: PROBABILITY };
  const network = await trainNetwork({ ...task, options, seed, signal, onEpoch });
  return { network, epochs, heldOut, tf };
}

test("a hidden layer learns what a linear model cannot", async () => {
  const { network, heldOut, tf } = await trained();
  const scores = predictNetwork(tf, buildNetwork(tf, network.members), heldOut.matrix);
  expect(new ScoredRows(heldOut.targets as Uint8Array, scores, 0.5).measure().roc_auc).toBeGreaterThan(0.97);
});

test("the weights that are kept are those of the best epoch, not of the last", async () => {
  const { network, epochs, heldOut, tf } = await trained({ learningRate: 0.3, maxEpochs: 8, patience: 8 });
  const best = epochs.toSorted((a, b) => a.heldOutLoss - b.heldOutLoss).at(0)!;
  expect(network.bestEpochs).toEqual([best.epoch]);
  expect(best.epoch).toBeLessThan(8);
  const scores = predictNetwork(tf, buildNetwork(tf, network.members), heldOut.matrix);
  expect(new ScoredRows(heldOut.targets as Uint8Array, scores, 0.5).measure().log_loss).toBeCloseTo(
    best.heldOutLoss,
    4,
  );
});

test("training stops when the held-out loss has not fallen for `patience` epochs", async () => {
  const { epochs, network } = await trained({ learningRate: 0.9, maxEpochs: 60, patience: 2 });
  expect(epochs.length).toBe(network.bestEpochs.at(0)! + 2);
});

test.each(["wasm", "cpu"] as const)(
  "%s: the same seed gives the same weights to the bit, another others",
  async (name) => {
    const { signal } = new AbortController();
    const weights = async (seed: number) => {
      return (await trained({ maxEpochs: 2, dropout: 0.5 }, seed, signal, name)).network.members;
    };
    expect(await weights(7)).toEqual(await weights(7));
    expect(await weights(7)).not.toEqual(await weights(8));
  },
);

test("members differ, and nothing of the training stays in memory", async () => {
  const { tf } = await loadBackend("wasm");
  const before = tf.memory().numTensors;
  const { network } = await trained({ maxEpochs: 1, members: 2 });
  expect(network.members[0]).not.toEqual(network.members[1]);
  expect(tf.memory().numTensors).toBe(before);
});

test("a cancelled job stops within an epoch", async () => {
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(trained({ batchSize: 8 }, 1, stop)).rejects.toThrow("enough");
});

/** A bend, which no straight line follows; a few rows are far off. */
function bend(rows: number, seed: number, outliers = 0): Targeted {
  const random = randomFrom(seed);
  const values = Float32Array.from({ length: rows }, () => random() * 4 - 2);
  const targets = Float64Array.from(values, (x, row) => (row < outliers ? 40 : Math.abs(x) - 1));
  return { matrix: { rows, width: 1, values }, targets };
}

async function bent(loss: "mse" | "huber", outliers: number) {
  const { tf } = await loadBackend("wasm");
  const options = { ...OPTIONS, dropout: 0, loss, huberDelta: 0.5, maxEpochs: 30, patience: 30 };
  const data = { training: bend(400, 1, outliers), heldOut: bend(200, 2) };
  const task = { tf, ...data, objective: numberBy(options, 10), options, seed: 1 };
  const epochs: EpochReport[] = [];
  const onEpoch = (report: EpochReport) => void epochs.push(report);
  await trainNetwork({ ...task, signal: new AbortController().signal, onEpoch });
  return epochs.toSorted((a, b) => a.heldOutLoss - b.heldOutLoss).at(0)!.points;
}

test("a number is learnt, its errors measured in the target's unit", async () => {
  const { val_rmse: rmse, val_mae: mae } = await bent("mse", 0);
  // The spread of the targets is 0.58 of ten: guessing the mean is off by 5.8.
  expect(rmse).toBeLessThan(1.5);
  expect(mae).toBeLessThan(rmse!);
});

test("Huber's loss is moved less by rows that are far off", async () => {
  const [huber, squares] = [await bent("huber", 40), await bent("mse", 40)];
  expect(huber["val_mae"]!).toBeLessThan(squares["val_mae"]! / 2);
});

/** Four classes by the signs of two numbers, each with as many rows. */
function quadrants(rows: number, seed: number): Targeted {
  const { matrix } = xor(rows, seed);
  const isUp = (row: number, column: number) => Number(matrix.values.at(row * 2 + column)! > 0);
  return { matrix, targets: Int32Array.from({ length: rows }, (_, row) => isUp(row, 0) + 2 * isUp(row, 1)) };
}

test("several classes are learnt, and what is kept answers as it was measured", async () => {
  const { tf } = await loadBackend("wasm");
  const [training, heldOut] = [quadrants(400, 1), quadrants(200, 2)];
  const epochs: EpochReport[] = [];
  const onEpoch = (report: EpochReport) => void epochs.push(report);
  const { signal } = new AbortController();
  const task = { tf, training, heldOut, objective: probabilitiesOf(4), options: OPTIONS, seed: 1, signal, onEpoch };
  const { members } = await trainNetwork(task);
  const scores = predictNetwork(tf, buildNetwork(tf, members, "probabilities"), heldOut.matrix);
  const { accuracy, log_loss } = new ClassRows(heldOut.targets as Int32Array, scores, 4).measure();
  expect(accuracy).toBeGreaterThan(0.95);
  expect(log_loss).toBeCloseTo(Math.min(...epochs.map(({ heldOutLoss }) => heldOutLoss)), 4);
});
