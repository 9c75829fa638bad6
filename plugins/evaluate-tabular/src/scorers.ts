import { PluginFailure } from "@clew/plugin-sdk";
import {
  ClassRows,
  encodeFeatures,
  loadBackend,
  loadScorer,
  type ModelFiles,
  predictBaseline,
  RegressionRows,
  ScoredRows,
  type Table,
  type TabularPipeline,
  type Tensorflow,
} from "@clew/plugin-tabular";
import { CHAMPION, type MeasuredRows } from "@clew/plugin-tabular/evaluation";
import type { Champion } from "./champion.ts";
import type { EvaluationJob } from "./job-types.ts";
import type { EvaluationInputs } from "./read-inputs.ts";

/** What one model answered, row by row: probabilities, of several classes one each, or numbers. */
interface Answers {
  name: string;
  scores: Float64Array;
  /** From this probability on a row counts as predicted positive. */
  threshold: number;
}

/** What the model and what it is compared with answered for the same rows. */
export interface Scores {
  model: Answers;
  /** The champion first, where one was given. */
  baselines: Answers[];
}

/** @throws {PluginFailure} BAD_INPUT where a model is none that can be evaluated, or its answers are none. */
export async function scoreRows(
  job: EvaluationJob,
  pipeline: TabularPipeline,
  champion: Champion | null,
  table: Table,
): Promise<Scores> {
  const { tf } = await loadBackend(job.parameters.backend);
  const scores = await answersOf(tf, pipeline, (file) => job.inputs.model[0]!.path(file), table);
  const threshold = job.parameters.threshold ?? pipeline.threshold;
  const own = pipeline.baselines.map((baseline): Answers => {
    return { name: baseline.name, scores: predictBaseline(baseline, table), threshold };
  });
  const model = { name: "model", scores, threshold };
  if (champion === null) return { model, baselines: own };
  const best = await answersOf(tf, champion.pipeline, champion.path, table);
  return { model, baselines: [{ name: CHAMPION, scores: best, threshold: champion.pipeline.threshold }, ...own] };
}

/** The answers beside the truths, ready to be measured. */
export function measuredRows({ labels }: EvaluationInputs, { scores, threshold }: Answers): MeasuredRows {
  if (labels instanceof Int32Array) return new ClassRows(labels, scores, scores.length / labels.length);
  return labels instanceof Uint8Array ? new ScoredRows(labels, scores, threshold) : new RegressionRows(labels, scores);
}

async function answersOf(
  tf: Tensorflow,
  pipeline: TabularPipeline,
  path: ModelFiles,
  table: Table,
): Promise<Float64Array> {
  const scorer = await loadScorer(tf, path, pipeline);
  try {
    const scores = scorer.predict(encodeFeatures(pipeline.features, table));
    refuseNonsense(scores, pipeline.output === "number");
    return scores;
  } finally {
    scorer.dispose();
  }
}

function refuseNonsense(scores: Float64Array, mayBeAnyNumber: boolean): void {
  const odd = scores.find((score) => !(mayBeAnyNumber ? Number.isFinite(score) : score >= 0 && score <= 1));
  if (odd === undefined) return;
  throw new PluginFailure(
    "BAD_INPUT",
    `the model answers ${odd}, which is no ${mayBeAnyNumber ? "number" : "probability"}`,
  );
}
