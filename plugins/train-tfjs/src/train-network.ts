import { setImmediate } from "node:timers/promises";
import { type DenseWeights, type NetObjective, seedFor, type Tensorflow } from "@clew/plugin-tabular";
import { MemberTrainer, type Targeted } from "./member-trainer.ts";
import type { NetworkParameters } from "./parameters.ts";

/** Batches between two looks at what the host has said. */
const BATCHES_A_TURN = 8;

export interface EpochReport {
  member: number;
  epoch: number;
  /** Mean over the batches, with dropout and the penalty on the weights. */
  loss: number;
  /** On the held-out part, without both. */
  heldOutLoss: number;
  /** What else is measured there. */
  points: Record<string, number>;
}

export interface TrainingTask {
  tf: Tensorflow;
  training: Targeted;
  heldOut: Targeted;
  objective: NetObjective;
  options: NetworkParameters;
  seed: number;
  signal: AbortSignal;
  onEpoch: (report: EpochReport) => void;
}

export interface TrainedNetwork {
  members: DenseWeights[][];
  /** The epoch that each member's weights are of, from 1. */
  bestEpochs: number[];
}

/** Trains every member; each keeps the weights of the epoch with the lowest loss on the held-out part. */
export async function trainNetwork(task: TrainingTask): Promise<TrainedNetwork> {
  const trained: TrainedNetwork = { members: [], bestEpochs: [] };
  for (let member = 0; member < task.options.members; member++) {
    const { weights, epoch } = await trainMember(task, member);
    trained.members.push(weights);
    trained.bestEpochs.push(epoch);
  }
  return trained;
}

interface Best {
  epoch: number;
  loss: number;
  weights: DenseWeights[];
}

async function trainMember(task: TrainingTask, member: number): Promise<Best> {
  const { tf, training, heldOut, objective, options, seed, onEpoch } = task;
  const trainer = new MemberTrainer(tf, training, objective, options, seedFor(seed, member));
  try {
    let best: Best = { epoch: 0, loss: Number.POSITIVE_INFINITY, weights: trainer.weights() };
    for (let epoch = 1; epoch <= options.maxEpochs && epoch - best.epoch <= options.patience; epoch++) {
      const loss = await runEpoch(trainer, task.signal);
      const measured = objective.measure(heldOut.targets, trainer.predict(heldOut.matrix));
      onEpoch({ member, epoch, loss, heldOutLoss: measured.loss, points: measured.points });
      if (measured.loss < best.loss) best = { epoch, loss: measured.loss, weights: trainer.weights() };
    }
    return best;
  } finally {
    trainer[Symbol.dispose]();
  }
}

async function runEpoch(trainer: MemberTrainer, signal: AbortSignal): Promise<number> {
  let sum = 0;
  let batches = 0;
  for (const loss of trainer.epoch()) {
    sum += loss;
    batches++;
    if (batches % BATCHES_A_TURN !== 0) continue;
    await setImmediate();
    signal.throwIfAborted();
  }
  return sum / batches;
}
