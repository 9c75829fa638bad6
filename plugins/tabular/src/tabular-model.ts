import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type * as tfjs from "@tensorflow/tfjs";
import { PluginFailure } from "@clew/plugin-sdk";
import { z } from "zod";
import type { Tensorflow } from "./backend.ts";
import { MAX_CLASS_NAME, MAX_CLASSES } from "./classes.ts";
import { encodeFeatures } from "./encode-features.ts";
import { FeatureDefinition } from "./feature-definition.ts";
import { FittedFeature } from "./features.ts";
import { predictLinear, predictLogistic } from "./logistic.ts";
import type { Table } from "./table.ts";
import { messageOf } from "./tabular-database.ts";

/** A simple model that was fitted on the same training part, to compare the net with. */
export const Baseline = z.discriminatedUnion("kind", [
  /** Gives every row the share of positives of the training part, so it predicts the majority class. */
  z.strictObject({ kind: z.literal("constant"), name: z.string(), probability: z.number().min(0).max(1) }),
  z.strictObject({
    kind: z.literal("logistic"),
    name: z.string(),
    features: z.array(FittedFeature),
    weights: z.array(z.number()),
    bias: z.number(),
  }),
  /** Answers a number. */
  z.strictObject({
    kind: z.literal("linear"),
    name: z.string(),
    features: z.array(FittedFeature),
    weights: z.array(z.number()),
    bias: z.number(),
  }),
  /** Gives every row the shares of the classes in the training part, so it predicts the class that has the most rows there. */
  z.strictObject({
    kind: z.literal("shares"),
    name: z.string(),
    probabilities: z.array(z.number().min(0).max(1)),
  }),
  /** Answers every row with the mean of the training part, where the model answers a number. */
  z.strictObject({ kind: z.literal("mean"), name: z.string(), value: z.number() }),
]);
export type Baseline = z.infer<typeof Baseline>;

/** `pipeline.json`: all that is needed, besides the net's weights, to score rows as the net was trained on them. */
export const TabularPipeline = z.strictObject({
  format: z.literal("clew-tabular/1"),
  /** A SELECT over the view `data` and the joined views; its answer has the columns of the features. */
  sql: z.string(),
  target: z.string(),
  /** How the columns of the view `data` were made, where the model was trained on prepared versions: what serving must give it too. */
  definition: FeatureDefinition.optional(),
  /** What the net answers: a number, or where this is left out the probability of the class 1, or of each of `classes`. */
  output: z.literal("number").optional(),
  /** Values of the target, in the order of the answer's probabilities. */
  classes: z.array(z.string().max(MAX_CLASS_NAME)).min(2).max(MAX_CLASSES).optional(),
  /** Of a net that answers a number: mean and standard deviation of the target in its training part, which it learns in. */
  scale: z.strictObject({ mean: z.number(), std: z.number().positive() }).optional(),
  /** In the order of the net's inputs. */
  features: z.array(FittedFeature).min(1),
  /** What the features feed. */
  model: z.enum(["tfjs-layers", "xgboost-json"]).default("tfjs-layers"),
  /** A row counts as predicted positive from this probability on; of a number and of several classes it says nothing. */
  threshold: z.number().default(0.5),
  baselines: z.array(Baseline),
});
export type TabularPipeline = z.infer<typeof TabularPipeline>;

const MODEL_FILE = "model.json";
const WEIGHTS_FILE = "weights.bin";
const PIPELINE_FILE = "pipeline.json";

/** The probabilities, of each of several classes, or the numbers that a baseline gives the rows. */
export function predictBaseline(baseline: Baseline, table: Table): Float64Array {
  if (baseline.kind === "shares") return repeated(baseline.probabilities, table.rows);
  if (baseline.kind === "constant") return new Float64Array(table.rows).fill(baseline.probability);
  if (baseline.kind === "mean") return new Float64Array(table.rows).fill(baseline.value);
  const predict = baseline.kind === "linear" ? predictLinear : predictLogistic;
  return predict(baseline, encodeFeatures(baseline.features, table));
}

function repeated(values: readonly number[], times: number): Float64Array {
  const all = new Float64Array(times * values.length);
  for (let at = 0; at < times; at++) all.set(values, at * values.length);
  return all;
}

/**
 * Writes a TensorFlow.js layers-model (model.json, weights.bin) and pipeline.json. TensorFlow.js without tfjs-node has no
 * handler for files, so the artifacts are taken from it and written here.
 */
export async function saveModel(
  tf: Tensorflow,
  dir: string,
  network: tfjs.LayersModel,
  pipeline: TabularPipeline,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  let artifacts: tfjs.io.ModelArtifacts | undefined;
  await network.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  const { modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) } = artifacts!;
  const weightsManifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
  const generatedBy = `TensorFlow.js tfjs-layers v${tf.version.tfjs}`;
  const model = { format: "layers-model", generatedBy, convertedBy: null, modelTopology, weightsManifest };
  await writeFile(join(dir, MODEL_FILE), `${JSON.stringify(model)}\n`);
  await writeFile(join(dir, WEIGHTS_FILE), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
  await savePipeline(dir, pipeline);
}

export async function savePipeline(dir: string, pipeline: TabularPipeline): Promise<void> {
  await writeFile(join(dir, PIPELINE_FILE), `${JSON.stringify(TabularPipeline.parse(pipeline), null, 1)}\n`);
}

/** Gives the path of one of the model's files, as a job's input does. */
export type ModelFiles = (file: string) => string;

/** @throws {PluginFailure} BAD_INPUT where pipeline.json is missing or malformed. */
export async function loadPipeline(path: ModelFiles): Promise<TabularPipeline> {
  return guard(PIPELINE_FILE, async () =>
    TabularPipeline.parse(JSON.parse(await readFile(path(PIPELINE_FILE), "utf8"))),
  );
}

const ModelFile = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(z.unknown()) })).length(1),
});

/** @throws {PluginFailure} BAD_INPUT where the files are no layers-model. */
export async function loadNetwork(tf: Tensorflow, path: ModelFiles): Promise<tfjs.LayersModel> {
  return guard(MODEL_FILE, async () => {
    const { modelTopology, weightsManifest } = ModelFile.parse(JSON.parse(await readFile(path(MODEL_FILE), "utf8")));
    const bytes = await readFile(path(WEIGHTS_FILE));
    const weightData = Uint8Array.from(bytes).buffer;
    const weightSpecs = weightsManifest[0]!.weights as tfjs.io.WeightsManifestEntry[];
    return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  });
}

/** @throws {PluginFailure} BAD_INPUT, which names the file, where it cannot be loaded */
export async function guard<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof PluginFailure) throw error;
    throw new PluginFailure("BAD_INPUT", `the model's ${file} cannot be read: ${messageOf(error)}`, false, {
      cause: error,
    });
  }
}
