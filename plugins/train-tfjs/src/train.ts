import { join } from "node:path";
import { PluginFailure, toMetricValues } from "@clew/plugin-sdk";
import {
  type Backend,
  buildNetwork,
  checkParameters,
  cutTable,
  encodeFeatures,
  type FittedFeature,
  fitBaselines,
  fitFeatures,
  fitNumberBaselines,
  heldOutErrors,
  heldOutMetrics,
  loadBackend,
  momentsOf,
  numberBy,
  predictNetwork,
  PROBABILITY,
  readTrainingInputs,
  saveDataSchema,
  saveModel,
  splitRows,
  type Table,
  type TabularPipeline,
  type TargetScale,
  targetsOf,
  thresholdByF1,
  unscaled,
} from "@clew/plugin-tabular";
import type { TrainingJob } from "./job-types.ts";
import type { Targeted } from "./member-trainer.ts";
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
  const { parameters } = job;
  checkParameters(parameters);
  const backend = await loadBackend(parameters.backend);
  for (const reason of backend.passedOver) job.log.info(`backend ${reason}`);
  job.progress(0, "reading");
  const { task, table, lineage, signature, definition, schema } = await readTrainingInputs(job);
  if (task === "multiclass")
    throw new PluginFailure("BAD_PARAMETERS", "several classes are learnt by train-xgboost, not by this plugin");
  const isBinary = task === "binary";
  const { network, pipeline, metrics } = await (isBinary ? trainClassifier : trainRegression)(job, backend, table);
  const model = disposable(buildNetwork(backend.tf, network.members, isBinary ? "probability" : "number"));
  try {
    const whole = { ...pipeline, ...(definition && { definition }) };
    await saveModel(backend.tf, join(job.outputDir, MODEL_DIR), model.value, whole);
    await saveDataSchema(join(job.outputDir, MODEL_DIR), schema);
    job.output("model", {
      dir: MODEL_DIR,
      format: "tfjs-layers",
      signature,
      columnLineage: lineage,
      metrics: toMetricValues(metrics),
    });
    const said = isBinary ? "val_roc_auc" : "val_rmse";
    return { backend: backend.name, [said]: metrics[said]!, bestEpoch: network.bestEpochs[0]! };
  } finally {
    model[Symbol.dispose]();
  }
}

async function trainClassifier(job: TrainingJob, backend: Backend, table: Table): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = splitRows(table, { ...parameters, seed });
  const { features, encode } = fitted(job, training.table, heldOut.table);
  const parts = { training: encode(training.table, training.labels), heldOut: encode(heldOut.table, heldOut.labels) };
  const network = await trainNetwork({ ...taskOf(job, backend), ...parts, objective: PROBABILITY });
  job.progress(0.9, "fitting the baselines");
  const baselines = fitBaselines(parameters, training, features, parts.training.matrix);
  const scores = answersOf(backend, network, "probability", parts.heldOut);
  const { threshold: rule } = parameters;
  const threshold = rule === "f1" ? thresholdByF1(heldOut.labels, scores) : rule;
  const pipeline: TabularPipeline = { ...pipelineOf(job, features), threshold, baselines };
  const metrics = { ...heldOutMetrics(pipeline, heldOut, scores), ...sizesOf(parts), threshold };
  return { network, pipeline, metrics };
}

/** The net learns the target in standard deviations from its mean; the weights that are kept answer in its own unit. */
async function trainRegression(job: TrainingJob, backend: Backend, table: Table): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = cutTable(table, { ...parameters, seed });
  const { features, encode } = fitted(job, training, heldOut);
  const [learnt, truths] = [targetsOf(training, parameters.target), targetsOf(heldOut, parameters.target)];
  const scale = scaleOf(parameters.target, learnt);
  const scaled = (targets: Float64Array) => targets.map((target) => (target - scale.mean) / scale.std);
  const parts = { training: encode(training, scaled(learnt)), heldOut: encode(heldOut, scaled(truths)) };
  const objective = numberBy(parameters.network, scale.std);
  const trained = await trainNetwork({ ...taskOf(job, backend), ...parts, objective });
  const network = { ...trained, members: trained.members.map((layers) => unscaled(layers, scale)) };
  job.progress(0.9, "fitting the baselines");
  const baselines = fitNumberBaselines(parameters, training, learnt, features, parts.training.matrix);
  const pipeline: TabularPipeline = {
    ...pipelineOf(job, features),
    output: "number",
    scale,
    threshold: 0.5,
    baselines,
  };
  const answers = answersOf(backend, network, "number", parts.heldOut);
  const metrics = { ...heldOutErrors(pipeline, heldOut, truths, answers), ...sizesOf(parts) };
  return { network, pipeline, metrics };
}

function scaleOf(target: string, values: Float64Array): TargetScale {
  const scale = momentsOf(values);
  if (scale.std > 0) return scale;
  throw new PluginFailure(
    "BAD_INPUT",
    `target ${target} is ${scale.mean} in all ${values.length} rows of the training part`,
  );
}

function fitted({ parameters, log }: TrainingJob, training: Table, heldOut: Table) {
  log.info(`${training.rows} rows to train on, ${heldOut.rows} held out`);
  const features = fitFeatures(parameters.features, training);
  const encode = (table: Table, targets: Targeted["targets"]): Targeted => {
    return { matrix: encodeFeatures(features, table), targets };
  };
  return { features, encode };
}

function taskOf(job: TrainingJob, { tf }: Backend) {
  const { parameters, seed, signal } = job;
  const onEpoch = (report: EpochReport) => reportEpoch(job, report);
  return { tf, options: parameters.network, seed, signal, onEpoch };
}

function pipelineOf({ parameters: { sql, target } }: TrainingJob, features: FittedFeature[]) {
  return { format: "clew-tabular/1", model: "tfjs-layers", sql, target, features } as const;
}

function sizesOf({ training, heldOut }: { training: Targeted; heldOut: Targeted }): Record<string, number> {
  return { train_rows: training.targets.length, val_rows: heldOut.targets.length };
}

function answersOf(
  { tf }: Backend,
  { members }: TrainedNetwork,
  answer: "probability" | "number",
  { matrix }: Targeted,
): Float64Array {
  const model = disposable(buildNetwork(tf, members, answer));
  try {
    return predictNetwork(tf, model.value, matrix);
  } finally {
    model[Symbol.dispose]();
  }
}

function reportEpoch(job: TrainingJob, { member, epoch, loss, points }: EpochReport): void {
  const { members, maxEpochs } = job.parameters.network;
  const prefix = member === 0 ? "" : `member${member}_`;
  for (const [name, value] of Object.entries({ loss, ...points })) job.metric(prefix + name, value, epoch);
  const share = (member + epoch / maxEpochs) / members;
  const [first = ["", 0]] = Object.entries(points);
  job.progress(0.05 + 0.85 * share, `epoch ${epoch}: ${first[0]} ${first[1].toFixed(4)}`);
}

function disposable<T extends { dispose(): unknown }>(value: T): { value: T } & Disposable {
  return { value, [Symbol.dispose]: () => void value.dispose() };
}
