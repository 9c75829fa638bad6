import { PluginFailure } from "@clew/plugin-sdk";
import { loadPipeline, type ModelFiles, type TabularPipeline } from "@clew/plugin-tabular";
import { CHAMPION } from "@clew/plugin-tabular/evaluation";
import type { EvaluationJob } from "./job-types.ts";

/** Another model version that the model is compared with. */
export interface Champion {
  pipeline: TabularPipeline;
  path: ModelFiles;
}

/**
 * The model version of the input `baseline`; null where there is none.
 * @throws {PluginFailure} BAD_INPUT where it answers another question, so that the two cannot be compared row by row.
 */
export async function loadChampion(job: EvaluationJob, pipeline: TabularPipeline): Promise<Champion | null> {
  const given = job.inputs.baseline[0];
  if (given === undefined) return null;
  const path: ModelFiles = (file) => given.path(file);
  const champion = { pipeline: await loadPipeline(path), path };
  const differing = (["sql", "target", "output", "classes"] as const).filter(
    (part) => squeezed(champion.pipeline[part]) !== squeezed(pipeline[part]),
  );
  if (differing.length > 0) {
    throw new PluginFailure(
      "BAD_INPUT",
      `the baseline's ${differing.join(" and ")} differ from the model's: no row has a pair`,
    );
  }
  if (pipeline.baselines.some(({ name }) => name === CHAMPION)) {
    throw new PluginFailure("BAD_INPUT", `a baseline of the model is itself called ${CHAMPION}`);
  }
  return champion;
}

/** Without what a query means the same without. */
function squeezed(said: string | readonly string[] = ""): string {
  if (typeof said !== "string") return JSON.stringify(said);
  return said.replaceAll(/\s+/g, " ").replaceAll(/^ |[ ;]+$/g, "");
}
