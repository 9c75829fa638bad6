import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { readRows, TabularDatabase } from "../src/index.ts";
import { hashFile, type JobSpec, loadManifest, runJob } from "@clew/plugin-sdk/host";

type Inputs = JobSpec["inputs"];
type Version = NonNullable<Inputs[string]>[number];
type Files = Record<string, string | Uint8Array>;
type Outcome = Awaited<ReturnType<typeof runJob>>;

/** A folder in which jobs of any plugin run, the outputs of one being inputs of the next. */
export async function aWorkshop() {
  const work = await mkdtemp(join(tmpdir(), "clew-tabular-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  let made = 0;

  const version = async (type: Version["type"], key: string, dir: string): Promise<Version> => {
    const paths = (await readdir(join(work, dir))).toSorted();
    const files = await Promise.all(paths.map(async (path) => ({ path, ...(await hashFile(join(work, dir, path))) })));
    const shared = { digest: `sha256:${"0".repeat(64)}`, schema: [], signature: null };
    return { ...shared, id: key, key, type, dir, files };
  };

  /** A version of a dataset with these files by name, or those of a folder. */
  const dataset = async (key: string, files: Files | string): Promise<Version> => {
    const dir = `in-${made++}`;
    if (typeof files === "string") await cp(files, join(work, dir), { recursive: true });
    else {
      await mkdir(join(work, dir));
      for (const [name, content] of Object.entries(files)) await writeFile(join(work, dir, name), content);
    }
    return await version("DatasetVersion", key, dir);
  };

  /** Runs a job; `dirOf` is where an output lies. */
  const run = async (plugin: string, parameters: Record<string, unknown>, inputs: Inputs, seed = 1) => {
    const pluginDir = fileURLToPath(new URL(`../../${plugin}`, import.meta.url));
    const out = `out-${made++}`;
    const metrics: Record<string, unknown> = {};
    const log: string[] = [];
    const outcome = await runJob({
      pluginDir,
      manifest: await loadManifest(pluginDir),
      inputDir: work,
      outputDir: join(work, out),
      parameters,
      inputs,
      seed,
      runId: "run-1",
      attempt: 1,
      onMessage: (message) => {
        if (message.type === "metric") metrics[message.name] = message.value;
        if (message.type === "log") log.push(message.message);
      },
    });
    const as = async (type: Version["type"], key: string, role: string) => await version(type, key, `${out}/${role}`);
    return { outcome, metrics, log, as, path: (file: string) => join(work, out, file) };
  };
  return { dataset, run };
}

/** What a query says, with the rows of a Parquet file as `rows`. */
export async function ask(file: string, sql: string): Promise<unknown[][]> {
  const database = await TabularDatabase.open([{ name: "rows", role: "data", keys: [file], files: [file] }]);
  try {
    return await readRows(database, sql);
  } finally {
    database[Symbol.dispose]();
  }
}

export function datasetOf(outcome: Outcome, role: string) {
  const found = outcome.outputs.find((output) => output.role === role);
  if (found?.output.nodeType !== "DatasetVersion") throw new Error(`no ${role}: ${JSON.stringify(outcome)}`);
  return { ...found.output, files: found.files };
}
