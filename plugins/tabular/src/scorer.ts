import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PluginFailure } from "@clew/plugin-sdk";
import type { Tensorflow } from "./backend.ts";
import { type Booster, predictBooster, readBooster, writeBooster } from "./booster/index.ts";
import { encodedNames, widthOf } from "./features.ts";
import type { Matrix } from "./encode-features.ts";
import { predictNetwork } from "./network.ts";
import { guard, loadNetwork, type ModelFiles, savePipeline, type TabularPipeline } from "./tabular-model.ts";

const BOOSTER_FILE = "xgboost.json";

/** What a pipeline's features feed, in memory. */
export interface Scorer {
  /** Numbers of a row, as the model's files have it. */
  readonly width: number | undefined;
  /** The answer of each row; of several classes a probability for each, row by row. */
  predict(matrix: Matrix): Float64Array;
  dispose(): void;
}

/** Writes `xgboost.json`, which XGBoost itself reads, and `pipeline.json`. */
export async function saveBooster(dir: string, booster: Booster, pipeline: TabularPipeline): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, BOOSTER_FILE), writeBooster(booster, encodedNames(pipeline.features)));
  await savePipeline(dir, pipeline);
}

/** @throws {PluginFailure} BAD_INPUT where the model's files are not what its pipeline says. */
export async function loadScorer(
  tf: Tensorflow,
  path: ModelFiles,
  { model, classes, features }: Pick<TabularPipeline, "model" | "classes" | "features">,
): Promise<Scorer> {
  const answers = classes?.length ?? 1;
  const scorer = await (model === "xgboost-json" ? boosterScorer(path, answers) : networkScorer(tf, path, answers));
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  if (scorer.width === width) return scorer;
  scorer.dispose();
  throw new PluginFailure("BAD_INPUT", `the model reads ${scorer.width} numbers, its features are ${width}`);
}

async function boosterScorer(path: ModelFiles, answers: number): Promise<Scorer> {
  const booster = await guard(BOOSTER_FILE, async () => readBooster(await readFile(path(BOOSTER_FILE), "utf8")));
  if (booster.outputs !== answers) throw refusal(`the model gives ${booster.outputs} answers a row`, answers);
  return { width: booster.width, predict: (matrix) => predictBooster(booster, matrix), dispose: () => {} };
}

async function networkScorer(tf: Tensorflow, path: ModelFiles, answers: number): Promise<Scorer> {
  const network = await loadNetwork(tf, path);
  const shape = JSON.stringify(network.outputShape);
  if (shape !== `[null,${answers}]`) {
    network.dispose();
    throw refusal(`the model's answers have the shape ${shape}`, answers);
  }
  return {
    width: network.inputs[0]?.shape[1] ?? undefined,
    predict: (matrix) => predictNetwork(tf, network, matrix),
    dispose: () => void network.dispose(),
  };
}

function refusal(found: string, answers: number): PluginFailure {
  const asked = answers === 1 ? "names no classes" : `names ${answers} classes`;
  return new PluginFailure("BAD_INPUT", `${found}, and its pipeline.json ${asked}`);
}
