import { join } from "node:path";
import { PluginFailure, toMetricValue } from "@clew/plugin-sdk";
import {
  type Baseline,
  type Booster,
  checkParameters,
  cutTable,
  encodeFeatures,
  type FittedFeature,
  fitBaselines,
  fitFeatures,
  heldOutMetrics,
  predictBaseline,
  predictBooster,
  readTrainingInputs,
  RegressionRows,
  saveBooster,
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
  if (!isBinary && parameters.baselines.length > 0)
    throw new PluginFailure("BAD_PARAMETERS", "baselines: logistic regressions answer no number");
  job.progress(0, "reading");
  const inputs = await readTrainingInputs(job, isBinary ? "probability" : "prediction");
  const { table, lineage, signature, definition } = inputs;
  const { booster, pipeline, metrics } = await (isBinary ? trainClassifier(job, table) : trainRegression(job, table));
  await saveBooster(join(job.outputDir, MODEL_DIR), booster, { ...pipeline, ...(definition && { definition }) });
  const said = { ...metrics, rounds: booster.trees.length };
  job.output("model", {
    dir: MODEL_DIR,
    format: "xgboost-json",
    signature,
    columnLineage: lineage,
    metrics: Object.fromEntries(Object.entries(said).map(([name, value]) => [name, toMetricValue(value)])),
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
  const reached = new RegressionRows(targets, predictBooster(booster, parts.heldOut.matrix)).measure();
  const mean: Baseline = { kind: "mean", name: "mean", value: meanOf(parts.training.targets) };
  const byMean = new RegressionRows(targets, predictBaseline(mean, heldOut)).measure();
  const metrics = {
    val_rmse: reached.rmse,
    val_mae: reached.mae,
    val_r2: reached.r2,
    val_mean_rmse: byMean.rmse,
    val_mean_mae: byMean.mae,
    ...sizesOf(parts),
  };
  const pipeline: TabularPipeline = {
    ...pipelineOf(job, features),
    output: "number",
    threshold: 0.5,
    baselines: [mean],
  };
  return { booster, pipeline, metrics };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
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
