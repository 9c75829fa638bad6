import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPipeline } from "@clew/plugin-tabular";
import { z } from "zod";
import type { Exported } from "./exported.ts";

/** As the TensorFlow.js converter cuts weights, so that browsers can keep them. */
const SHARD_BYTES = 4 * 1024 * 1024;
/** Lies beside src and beside dist. */
const WEB = fileURLToPath(new URL("../web", import.meta.url));
const LIBRARY = fileURLToPath(import.meta.resolve("@tensorflow/tfjs/dist/tf.min.js"));

const ModelFile = z.looseObject({ weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()) })).length(1) });

/** A folder that any web server can serve: the net, what feeds it, the library that runs it, and a page to try it. Nothing is fetched from elsewhere. */
export async function exportWeb({ model, signature, lineage, dir }: Exported): Promise<void> {
  const file = ModelFile.parse(JSON.parse(await readFile(model.path("model.json"), "utf8")));
  const paths = await writeShards(dir, await readFile(model.path("weights.bin")));
  const [manifest] = file.weightsManifest;
  const weightsManifest = [{ ...manifest, paths }];
  await writeJson(dir, "model.json", { ...file, weightsManifest, userDefinedMetadata: { clew: lineage } });
  const { features, threshold, classes } = await loadPipeline((path) => model.path(path));
  await writeJson(dir, "features.json", {
    ...signature,
    features,
    ...(classes === undefined ? { threshold } : { classes }),
  });
  for (const name of ["index.html", "predict.js"]) await copyFile(join(WEB, name), join(dir, name));
  await copyFile(LIBRARY, join(dir, "tf.min.js"));
}

async function writeShards(dir: string, weights: Buffer): Promise<string[]> {
  const count = Math.max(1, Math.ceil(weights.length / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, at) => `group1-shard${at + 1}of${count}.bin`);
  for (const [at, path] of paths.entries())
    await writeFile(join(dir, path), weights.subarray(at * SHARD_BYTES, (at + 1) * SHARD_BYTES));
  return paths;
}

async function writeJson(dir: string, name: string, value: object): Promise<void> {
  await writeFile(join(dir, name), `${JSON.stringify(value)}\n`);
}
