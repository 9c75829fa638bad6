import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import {
  type DatabaseOptions,
  type DataProfile,
  type DataSchema,
  quoteText,
  TabularDatabase,
} from "@clew/plugin-tabular";
import { hashFile, loadManifest, runJob } from "@clew/plugin-sdk/host";

export const DIR = fileURLToPath(new URL("..", import.meta.url));

/** Files of a version: content by name, or paths of files that are there. */
export type Files = Record<string, string | Uint8Array> | readonly string[];

export interface Inputs {
  data: Files;
  reference?: Files;
  /** By the name of the dataset. */
  join?: Record<string, Files>;
}

/** A folder that goes with the test. */
export async function aFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "validate-tabular-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  return dir;
}

/** Runs the plugin as a job in a process of its own. */
export async function ran(inputs: Inputs, parameters: Record<string, unknown> = {}) {
  const work = await aFolder();
  const lay = async (key: string, dir: string, files: Files) => await layVersion(join(work, "in"), key, dir, files);
  const joined = Object.entries(inputs.join ?? {});
  const outcome = await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters,
    inputs: {
      data: [await lay("tests/data@1", "data", inputs.data)],
      ...(inputs.reference && { reference: [await lay("tests/reference@1", "reference", inputs.reference)] }),
      join: await Promise.all(joined.map(async ([name, files]) => await lay(`tests/${name}@1`, name, files))),
    },
    seed: 1,
    runId: "run-1",
    attempt: 1,
  });
  return { outcome, out: join(work, "out") };
}

/** What the report says, with its files, and where the outputs lie. */
export async function validated(inputs: Inputs, parameters: Record<string, unknown> = {}) {
  const { outcome, out } = await ran(inputs, parameters);
  const output = outcome.outputs.find(({ role }) => role === "report")?.output;
  if (output?.nodeType !== "Report") throw new Error(`no report: ${JSON.stringify(outcome)}`);
  const file = async (name: string) => JSON.parse(await readFile(join(out, "report", name), "utf8")) as unknown;
  const schema = (await file("schema.json")) as DataSchema;
  const statistics = (await file("statistics.json")) as { data: DataProfile; shifts: Record<string, unknown>[] };
  const found = output.anomalies.map(({ type, column }) => (column === null ? type : `${type} ${column}`));
  return { ...output, found, schema, statistics, outputs: outcome.outputs, peakRssBytes: outcome.peakRssBytes, out };
}

/** The rows of an output. */
export async function rowsOf(out: string, role: string): Promise<Record<string, unknown>[]> {
  const file = join(out, role, "rows.parquet");
  return await withDatabase({ files: [file] }, async ({ connection }) => {
    return (await connection.runAndReadAll(`FROM read_parquet(${quoteText(file)})`)).getRowObjectsJson();
  });
}

/** Writes a query's answer as Parquet; the query reads these files and nothing else. */
export async function writeParquet(path: string, sql: string, files: readonly string[] = []): Promise<void> {
  await withDatabase({ files, writeDirs: [dirname(path)] }, async ({ connection }) => {
    await connection.run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet)`);
  });
}

async function withDatabase<T>(options: DatabaseOptions, work: (database: TabularDatabase) => Promise<T>): Promise<T> {
  const database = await TabularDatabase.open([], options);
  try {
    return await work(database);
  } finally {
    database[Symbol.dispose]();
  }
}

async function layVersion(root: string, key: string, dir: string, files: Files) {
  await mkdir(join(root, dir), { recursive: true });
  const names = Array.isArray(files) ? files.map((path: string) => basename(path)) : Object.keys(files);
  if (Array.isArray(files)) for (const path of files as string[]) await copyFile(path, join(root, dir, basename(path)));
  else for (const [name, content] of Object.entries(files)) await writeFile(join(root, dir, name), content);
  const described = names.map(async (path) => ({ path, ...(await hashFile(join(root, dir, path))) }));
  const shared = { digest: `sha256:${"0".repeat(64)}`, schema: [], signature: null };
  return { ...shared, id: key, key, type: "DatasetVersion" as const, dir, files: await Promise.all(described) };
}
