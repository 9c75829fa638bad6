import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { LocalInput, ModelSignature } from "@clew/plugin-sdk";
import {
  buildNetwork,
  DataSchema,
  type DenseWeights,
  loadBackend,
  saveDataSchema,
  saveModel,
  type TabularPipeline,
} from "@clew/plugin-tabular";
import { aVersion } from "../../tabular/test/a-version.ts";
import type { OnlineJob } from "../src/job-types.ts";
import { plugin } from "../src/plugin.ts";

type Output = Parameters<OnlineJob["output"]>[1];

export const PIPELINE: TabularPipeline = {
  format: "clew-tabular/1",
  model: "tfjs-layers",
  sql: "SELECT n, x, y FROM data",
  target: "y",
  features: [{ name: "x", column: "x", kind: "numeric", clip: 100, hasMissing: false, mean: 0, std: 1 }],
  threshold: 0.5,
  baselines: [],
};
export const SIGNATURE: ModelSignature = {
  inputs: [{ name: "x", type: "DOUBLE" }],
  outputs: [{ name: "probability", type: "DOUBLE" }],
};

/** Of the rows that the model was first trained on. */
const SCHEMA = DataSchema.parse({
  columns: [{ name: "x", type: "FLOAT", presence: { minFraction: 1, minCount: 1 }, domain: { min: -0.5, max: 0.5 } }],
});

export function layer(inputs: number, units: number, kernel: number[], bias: number[]): DenseWeights {
  return { inputs, units, kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) };
}

async function aFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "train-online-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  return dir;
}

/** A folder as a model version. */
export async function modelAt(dir: string, signature: ModelSignature | null = null): Promise<LocalInput> {
  const files = Object.fromEntries(
    await Promise.all((await readdir(dir)).map(async (name) => [name, await readFile(join(dir, name))] as const)),
  );
  return { ...(await aVersion("tests/model@1", files)), type: "ModelVersion", signature };
}

/** A net of these weights, as train-tfjs leaves it. */
export async function aModel(
  members: DenseWeights[][],
  changed: Partial<TabularPipeline> = {},
  signature: ModelSignature | null = SIGNATURE,
): Promise<LocalInput> {
  const dir = await aFolder();
  const { tf } = await loadBackend("wasm");
  const pipeline = { ...PIPELINE, ...changed };
  const network = buildNetwork(tf, members, pipeline.output ?? "probability");
  await saveModel(tf, dir, network, pipeline);
  await saveDataSchema(dir, SCHEMA);
  network.dispose();
  return await modelAt(dir, signature);
}

/** Does the job in this process; each CSV is a version. */
export async function learntOnline(
  model: LocalInput,
  csvs: readonly string[],
  parameters: Record<string, unknown> = {},
) {
  const outputDir = await aFolder();
  const outputs: Output[] = [];
  const points: [name: string, step: number, value: number][] = [];
  const quiet = () => {};
  const data = await Promise.all(csvs.map((csv, index) => aVersion(`tests/data@${index + 1}`, { "rows.csv": csv })));
  const job: Partial<OnlineJob> = {
    seed: 1,
    outputDir,
    parameters: await plugin.parseParameters({ backend: "wasm", ...parameters }),
    inputs: { model: [model], data, join: [] },
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    progress: quiet,
    metric: (name, value, step = 0) => void points.push([name, step, value]),
    output: (_, output) => void outputs.push(output),
  };
  await plugin.run(job as OnlineJob);
  const [output] = outputs;
  if (output === undefined) throw new Error("it stated no output");
  return { output, points, dir: join(outputDir, "model") };
}

/** All files of a folder, by name. */
export async function filesIn(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).toSorted();
  const read = names.map(async (name) => [name, (await readFile(join(dir, name))).toString("base64")] as const);
  return Object.fromEntries(await Promise.all(read));
}
