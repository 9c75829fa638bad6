import { join } from "node:path";
import { toMetricValues } from "@clew/plugin-sdk";
import {
  type Booster,
  ClassRows,
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
  predictBooster,
  readTrainingInputs,
  refuseManyAnswers,
  RegressionRows,
  saveBooster,
  saveDataSchema,
  ScoredRows,
  splitClasses,
  splitRows,
  type Table,
  type TabularPipeline,
  targetsOf,
  thresholdByF1,
  type TrainingInputs,
} from "@clew/plugin-tabular";
import { boost, type Targeted } from "./boost.ts";
import type { TrainingJob } from "./job-types.ts";

const MODEL_DIR = "model";

/** What comes of training: the trees, what feeds them, and what both reach on the held-out part. */
interface Trained {
  booster: Booster;
  pipeline: TabularPipeline;
  metrics: Record<string, number>;
}

/** Reads, splits, trains, compares with the baselines and writes the model. */
export async function train(job: TrainingJob): Promise<Record<string, number | string>> {
  const { parameters } = job;
  checkParameters(parameters);
  job.progress(0, "reading");
  const inputs = await readTrainingInputs(job);
  const { lineage, signature, definition, schema } = inputs;
  const { learn, said: name } = TASKS[inputs.task];
  const { booster, pipeline, metrics } = await learn(job, inputs);
  await saveBooster(join(job.outputDir, MODEL_DIR), booster, { ...pipeline, ...(definition && { definition }) });
  await saveDataSchema(join(job.outputDir, MODEL_DIR), schema);
  const said = { ...metrics, rounds: booster.trees.length / booster.outputs };
  job.output("model", {
    dir: MODEL_DIR,
    format: "xgboost-json",
    signature,
    columnLineage: lineage,
    metrics: toMetricValues(said),
  });
  return { [name]: metrics[name]!, rounds: said.rounds };
}

/** How a task is learnt, and the metric that the run's summary says. */
const TASKS = {
  binary: { learn: trainClassifier, said: "val_roc_auc" },
  multiclass: { learn: trainClasses, said: "val_log_loss" },
  regression: { learn: trainRegression, said: "val_rmse" },
} as const;

async function trainClassifier(job: TrainingJob, { table }: TrainingInputs): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = splitRows(table, { ...parameters, seed });
  const { features, parts } = encoded(job, targetedBy(job, training.table), targetedBy(job, heldOut.table));
  const booster = await boost({
    ...taskOf(job, parts),
    objective: "binary:logistic",
    onRound: ({ round, training: trained, heldOut: held }) => {
      const { log_loss: loss, roc_auc: rocAuc } = new ScoredRows(heldOut.labels, held, 0.5).measure();
      const own = new ScoredRows(training.labels, trained, 0.5).measure();
      reportRound(job, round, { loss: own.log_loss, val_log_loss: loss, val_roc_auc: rocAuc });
      return loss;
    },
  });
  job.progress(0.9, "fitting the baselines");
  const baselines = fitBaselines(parameters, training, features, parts.training.matrix);
  const scores = predictBooster(booster, parts.heldOut.matrix);
  const { threshold: rule } = parameters;
  const threshold = rule === "f1" ? thresholdByF1(heldOut.labels, scores) : rule;
  const pipeline: TabularPipeline = { ...pipelineOf(job, features), threshold, baselines };
  const metrics = { ...heldOutMetrics(pipeline, heldOut, scores), ...sizesOf(parts), threshold };
  return { booster, pipeline, metrics };
}

async function trainClasses(job: TrainingJob, { table, classes }: TrainingInputs): Promise<Trained> {
  const { parameters, seed } = job;
  refuseManyAnswers(table.rows, classes.length);
  const { training, heldOut } = splitClasses(table, { ...parameters, seed }, classes);
  const rows = [training, heldOut].map((part) => ({ table: part.table, targets: Float64Array.from(part.labels) }));
  const { features, parts } = encoded(job, rows[0]!, rows[1]!);
  const booster = await boost({
    ...taskOf(job, parts),
    objective: "multi:softprob",
    classes: classes.length,
    onRound: ({ round, training: trained, heldOut: held }) => {
      const { log_loss: loss, accuracy } = new ClassRows(heldOut.labels, held, classes.length).unranked();
      const own = new ClassRows(training.labels, trained, classes.length).unranked();
      reportRound(job, round, { loss: own.log_loss, val_log_loss: loss, val_accuracy: accuracy });
      return loss;
    },
  });
  const baselines = fitClassBaselines(training.labels, classes.length);
  const pipeline: TabularPipeline = { ...pipelineOf(job, features), classes, threshold: 0.5, baselines };
  const scores = predictBooster(booster, parts.heldOut.matrix);
  const metrics = { ...heldOutClasses(pipeline, heldOut, scores), ...sizesOf(parts), classes: classes.length };
  return { booster, pipeline, metrics };
}

async function trainRegression(job: TrainingJob, { table }: TrainingInputs): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = cutTable(table, { ...parameters, seed });
  const { features, parts } = encoded(job, targetedBy(job, training), targetedBy(job, heldOut));
  const { targets } = parts.heldOut;
  const booster = await boost({
    ...taskOf(job, parts),
    objective: "reg:squarederror",
    onRound: ({ round, training: trained, heldOut: held }) => {
      const { rmse, mae } = new RegressionRows(targets, held).measure();
      const own = new RegressionRows(parts.training.targets, trained).measure();
      reportRound(job, round, { rmse: own.rmse, val_rmse: rmse, val_mae: mae });
      return rmse;
    },
  });
  job.progress(0.9, "fitting the baselines");
  const { matrix, targets: learnt } = parts.training;
  const baselines = fitNumberBaselines(parameters, training, learnt, features, matrix);
  const pipeline: TabularPipeline = { ...pipelineOf(job, features), output: "number", threshold: 0.5, baselines };
  const answers = predictBooster(booster, parts.heldOut.matrix);
  const metrics = { ...heldOutErrors(pipeline, heldOut, targets, answers), ...sizesOf(parts) };
  return { booster, pipeline, metrics };
}

interface Parts {
  training: Targeted;
  heldOut: Targeted;
}

/** Rows with what is to be predicted of them, not yet as the trees read them. */
interface Unencoded {
  table: Table;
  targets: Float64Array;
}

function targetedBy({ parameters: { target } }: TrainingJob, table: Table): Unencoded {
  return { table, targets: targetsOf(table, target) };
}

function encoded({ parameters, log }: TrainingJob, training: Unencoded, heldOut: Unencoded) {
  log.info(`${training.table.rows} rows to train on, ${heldOut.table.rows} held out`);
  const features = fitFeatures(parameters.features, training.table);
  const encode = ({ table, targets }: Unencoded): Targeted => ({ matrix: encodeFeatures(features, table), targets });
  const parts: Parts = { training: encode(training), heldOut: encode(heldOut) };
  return { features, parts };
}

function taskOf({ parameters, seed, signal }: TrainingJob, parts: Parts) {
  return { ...parts, options: parameters.trees, seed, signal };
}

function pipelineOf({ parameters: { sql, target } }: TrainingJob, features: FittedFeature[]) {
  return { format: "clew-tabular/1", model: "xgboost-json", sql, target, features } as const;
}

function sizesOf({ training, heldOut }: Parts): Record<string, number> {
  return { train_rows: training.targets.length, val_rows: heldOut.targets.length };
}

function reportRound(job: TrainingJob, round: number, metrics: Record<string, number>): void {
  for (const [name, value] of Object.entries(metrics)) job.metric(name, value, round);
  job.progress(0.05 + (0.85 * round) / job.parameters.trees.maxRounds, `round ${round}`);
}
