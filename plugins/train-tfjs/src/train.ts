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
  fitClassBaselines,
  fitFeatures,
  fitNumberBaselines,
  heldOutClasses,
  heldOutErrors,
  heldOutMetrics,
  loadBackend,
  momentsOf,
  type NetAnswer,
  numberBy,
  predictNetwork,
  probabilitiesOf,
  PROBABILITY,
  readTrainingInputs,
  refuseManyAnswers,
  saveDataSchema,
  saveModel,
  splitClasses,
  splitRows,
  type Table,
  type TabularPipeline,
  type TargetScale,
  targetsOf,
  thresholdByF1,
  type TrainingInputs,
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
  const inputs = await readTrainingInputs(job);
  const { lineage, signature, definition, schema } = inputs;
  const { learn, answer, said } = TASKS[inputs.task];
  const { network, pipeline, metrics } = await learn(job, backend, inputs);
  const model = disposable(buildNetwork(backend.tf, network.members, answer));
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
    return { backend: backend.name, [said]: metrics[said]!, bestEpoch: network.bestEpochs[0]! };
  } finally {
    model[Symbol.dispose]();
  }
}

/** How a task is learnt, what the net answers, and the metric that the run's summary says. */
const TASKS = {
  binary: { learn: trainClassifier, answer: "probability", said: "val_roc_auc" },
  multiclass: { learn: trainClasses, answer: "probabilities", said: "val_log_loss" },
  regression: { learn: trainRegression, answer: "number", said: "val_rmse" },
} as const;

async function trainClassifier(job: TrainingJob, backend: Backend, { table }: TrainingInputs): Promise<Trained> {
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

async function trainClasses(job: TrainingJob, backend: Backend, { table, classes }: TrainingInputs): Promise<Trained> {
  const { parameters, seed } = job;
  refuseManyAnswers(table.rows, classes.length);
  const { training, heldOut } = splitClasses(table, { ...parameters, seed }, classes);
  const { features, encode } = fitted(job, training.table, heldOut.table);
  const parts = { training: encode(training.table, training.labels), heldOut: encode(heldOut.table, heldOut.labels) };
  const network = await trainNetwork({ ...taskOf(job, backend), ...parts, objective: probabilitiesOf(classes.length) });
  const baselines = fitClassBaselines(training.labels, classes.length);
  const pipeline: TabularPipeline = { ...pipelineOf(job, features), classes, threshold: 0.5, baselines };
  const scores = answersOf(backend, network, "probabilities", parts.heldOut);
  const metrics = { ...heldOutClasses(pipeline, heldOut, scores), ...sizesOf(parts), classes: classes.length };
  return { network, pipeline, metrics };
}

/** The net learns the target in standard deviations from its mean; the weights that are kept answer in its own unit. */
async function trainRegression(job: TrainingJob, backend: Backend, { table }: TrainingInputs): Promise<Trained> {
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
  answer: NetAnswer,
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
