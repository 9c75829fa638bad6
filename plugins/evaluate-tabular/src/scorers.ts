import {
  encodeFeatures,
  loadBackend,
  loadNetwork,
  predictBaseline,
  predictNetwork,
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
  const network = await loadNetwork(tf, (file) => job.inputs.model[0]!.path(file));
  const model = predictNetwork(tf, network, encodeFeatures(pipeline.features, table));
  network.dispose();
  const baselines = pipeline.baselines.map((baseline) => {
    return { name: baseline.name, scores: predictBaseline(baseline, table) };
  });
  return { model, baselines };
}
