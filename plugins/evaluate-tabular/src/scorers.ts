import {
  encodeFeatures,
  loadBackend,
  loadScorer,
  predictBaseline,
  type Table,
  type TabularPipeline,
} from "@clew/plugin-tabular";
import type { EvaluationJob } from "./job-types.ts";

/** The probabilities that the model and its baselines gave the same rows. */
export interface Scores {
  model: Float64Array;
  baselines: { name: string; scores: Float64Array }[];
}

export async function scoreRows(job: EvaluationJob, pipeline: TabularPipeline, table: Table): Promise<Scores> {
  const { tf } = await loadBackend(job.parameters.backend);
  const scorer = await loadScorer(tf, (file) => job.inputs.model[0]!.path(file), pipeline);
  const model = scorer.predict(encodeFeatures(pipeline.features, table));
  scorer.dispose();
  const baselines = pipeline.baselines.map((baseline) => {
    return { name: baseline.name, scores: predictBaseline(baseline, table) };
  });
  return { model, baselines };
}
