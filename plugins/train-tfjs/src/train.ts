import { join } from "node:path";
import { toMetricValue } from "@clew/plugin-sdk";
import {
  type Backend,
  buildNetwork,
  checkParameters,
  type TabularPipeline,
  encodeFeatures,
  fitBaselines,
  fitFeatures,
  heldOutMetrics,
  loadBackend,
  type Part,
  predictNetwork,
  readTrainingInputs,
  saveModel,
  type Split,
  splitRows,
  thresholdByF1,
} from "@clew/plugin-tabular";
import type { TrainingJob } from "./job-types.ts";
import type { LabelledMatrix } from "./member-trainer.ts";
import { type EpochReport, type TrainedNetwork, trainNetwork } from "./train-network.ts";

const MODEL_DIR = "model";

/** What comes of training: the net's weights, what feeds it, and what both reach on the held-out part. */
interface Trained {
  network: TrainedNetwork;
  pipeline: TabularPipeline;
  metrics: Record<string, number>;
}

/** Reads, splits, trains, compares with the baselines and writes the model. */
export async function train(job: TrainingJob): Promise<Record<string, number | string>> {
  checkParameters(job.parameters);
  const backend = await loadBackend(job.parameters.backend);
  for (const reason of backend.passedOver) job.log.info(`backend ${reason}`);
  job.progress(0, "reading");
  const { table, lineage, signature, definition } = await readTrainingInputs(job);
  const split = splitRows(table, { ...job.parameters, seed: job.seed });
  const { network, pipeline, metrics } = await trainOn(job, backend, split);
  const model = disposable(buildNetwork(backend.tf, network.members));
  try {
    const whole = { ...pipeline, ...(definition && { definition }) };
    await saveModel(backend.tf, join(job.outputDir, MODEL_DIR), model.value, whole);
    job.output("model", {
      dir: MODEL_DIR,
      format: "tfjs-layers",
      signature,
      columnLineage: lineage,
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, toMetricValue(value)])),
    });
    return { backend: backend.name, val_roc_auc: metrics["val_roc_auc"]!, bestEpoch: network.bestEpochs[0]! };
  } finally {
    model[Symbol.dispose]();
  }
}

async function trainOn(job: TrainingJob, backend: Backend, { training, heldOut }: Split): Promise<Trained> {
  const { parameters, seed, signal } = job;
  job.log.info(`${training.labels.length} rows to train on, ${heldOut.labels.length} held out`);
  const features = fitFeatures(parameters.features, training.table);
  const encode = ({ table, labels }: Part): LabelledMatrix => ({ matrix: encodeFeatures(features, table), labels });
  const encoded = { training: encode(training), heldOut: encode(heldOut) };
  const onEpoch = (report: EpochReport) => reportEpoch(job, report);
  const task = { tf: backend.tf, ...encoded, options: parameters.network, seed, signal, onEpoch };
  const network = await trainNetwork(task);
  job.progress(0.9, "fitting the baselines");
  const baselines = fitBaselines(parameters, training, features, encoded.training.matrix);
  const scores = scoresOf(backend, network, encoded.heldOut);
  const { sql, target, threshold: rule } = parameters;
  const threshold = rule === "f1" ? thresholdByF1(heldOut.labels, scores) : rule;
  const pipeline: TabularPipeline = {
    format: "clew-tabular/1",
    model: "tfjs-layers",
    sql,
    target,
    features,
    threshold,
    baselines,
  };
  const sizes = { train_rows: training.labels.length, val_rows: heldOut.labels.length };
  const metrics = { ...heldOutMetrics(pipeline, heldOut, scores), ...sizes, threshold };
  return { network, pipeline, metrics };
}

function scoresOf({ tf }: Backend, { members }: TrainedNetwork, { matrix }: LabelledMatrix): Float64Array {
  const model = disposable(buildNetwork(tf, members));
  try {
    return predictNetwork(tf, model.value, matrix);
  } finally {
    model[Symbol.dispose]();
  }
}

function reportEpoch(job: TrainingJob, { member, epoch, loss, heldOutLoss, heldOutRocAuc }: EpochReport): void {
  const { members, maxEpochs } = job.parameters.network;
  const prefix = member === 0 ? "" : `member${member}_`;
  job.metric(`${prefix}loss`, loss, epoch);
  job.metric(`${prefix}val_log_loss`, heldOutLoss, epoch);
  job.metric(`${prefix}val_roc_auc`, heldOutRocAuc, epoch);
  const share = (member + epoch / maxEpochs) / members;
  job.progress(0.05 + 0.85 * share, `epoch ${epoch}: val_log_loss ${heldOutLoss.toFixed(4)}`);
}

function disposable<T extends { dispose(): unknown }>(value: T): { value: T } & Disposable {
  return { value, [Symbol.dispose]: () => void value.dispose() };
}
