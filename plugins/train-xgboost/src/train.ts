import { join } from "node:path";
import { toMetricValues } from "@clew/plugin-sdk";
import {
  type Booster,
  checkParameters,
  cutTable,
  encodeFeatures,
  type FittedFeature,
  fitBaselines,
  fitFeatures,
  fitNumberBaselines,
  heldOutErrors,
  heldOutMetrics,
  predictBooster,
  readTrainingInputs,
  RegressionRows,
  saveBooster,
  saveDataSchema,
  ScoredRows,
  splitRows,
  type Table,
  type TabularPipeline,
  targetsOf,
  thresholdByF1,
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
  const isBinary = parameters.task === "binary";
  job.progress(0, "reading");
  const { table, lineage, signature, definition, schema } = await readTrainingInputs(job);
  const { booster, pipeline, metrics } = await (isBinary ? trainClassifier(job, table) : trainRegression(job, table));
  await saveBooster(join(job.outputDir, MODEL_DIR), booster, { ...pipeline, ...(definition && { definition }) });
  await saveDataSchema(join(job.outputDir, MODEL_DIR), schema);
  const said = { ...metrics, rounds: booster.trees.length };
  job.output("model", {
    dir: MODEL_DIR,
    format: "xgboost-json",
    signature,
    columnLineage: lineage,
    metrics: toMetricValues(said),
  });
  const name = isBinary ? "val_roc_auc" : "val_rmse";
  return { [name]: metrics[name]!, rounds: booster.trees.length };
}

async function trainClassifier(job: TrainingJob, table: Table): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = splitRows(table, { ...parameters, seed });
  const { features, parts } = encoded(job, training.table, heldOut.table);
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

async function trainRegression(job: TrainingJob, table: Table): Promise<Trained> {
  const { parameters, seed } = job;
  const { training, heldOut } = cutTable(table, { ...parameters, seed });
  const { features, parts } = encoded(job, training, heldOut);
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

function encoded({ parameters, log }: TrainingJob, training: Table, heldOut: Table) {
  log.info(`${training.rows} rows to train on, ${heldOut.rows} held out`);
  const features = fitFeatures(parameters.features, training);
  const encode = (table: Table): Targeted => {
    return { matrix: encodeFeatures(features, table), targets: targetsOf(table, parameters.target) };
  };
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
