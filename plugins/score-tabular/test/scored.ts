import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashFile, type JobSpec, loadManifest, runJob } from "@clew/plugin-sdk/host";
import { quoteText, TabularDatabase } from "@clew/plugin-tabular";
import { onTestFinished } from "vitest";
import { CLASSES_SIGNATURE, EVERY_KIND_SIGNATURE, NET_SIGNATURE } from "../../models/test/signatures.ts";

export const DIR = fileURLToPath(new URL("..", import.meta.url));
const SERVED = join(DIR, "../serve-models/test");
type Input = JobSpec["inputs"][string][number];

export const NET = {
  dir: join(DIR, "conformance/model"),
  files: ["model.json", "pipeline.json", "weights.bin"],
  signature: NET_SIGNATURE,
};
export const EVERY_KIND = {
  dir: join(SERVED, "onnx/every-kind"),
  files: ["model.onnx"],
  signature: EVERY_KIND_SIGNATURE,
};
export const SEVERAL_CLASSES = {
  dir: join(DIR, "../tabular/test/several-classes"),
  files: ["pipeline.json", "xgboost.json"],
  signature: CLASSES_SIGNATURE,
};
export interface TestModel {
  dir: string;
  files: readonly string[];
  signature: Input["signature"];
  /** Beside those of its folder. */
  more?: Record<string, string>;
}

export interface Wanted {
  model?: TestModel;
  /** Queries, a Parquet file of one dataset version each. */
  data: readonly string[];
  parameters?: Record<string, unknown>;
  runId?: string;
}

/** Runs the plugin as a job in a process of its own. */
export async function scored({ model = NET, data, parameters = {}, runId = "Run:tests" }: Wanted) {
  const work = await mkdtemp(join(tmpdir(), "score-tabular-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  const lines: string[] = [];
  const outcome = await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters: { backend: "wasm", ...parameters },
    inputs: {
      model: [await layModel(join(work, "in/model"), model)],
      data: await Promise.all(data.map(async (sql, at) => await layData(join(work, "in"), `data-${at}`, sql))),
    },
    seed: 1,
    runId,
    attempt: 1,
    onMessage: (message) => void (message.type === "log" && lines.push(message.message)),
  });
  const output = (role: string) => {
    const found = outcome.outputs.find((one) => one.role === role)?.output;
    if (found?.nodeType !== "DatasetVersion") throw new Error(`no ${role}: ${JSON.stringify(outcome)}`);
    return found;
  };
  const file = (role: string) => join(work, "out", role, "rows.parquet");
  return {
    outcome,
    lines,
    output,
    rows: async (role: string) => await rowsOf(file(role)),
    hash: async (role: string) => await hashFile(file(role)),
  };
}

async function layModel(dir: string, { files, signature, more = {}, dir: from }: TestModel): Promise<Input> {
  await cp(from, dir, { recursive: true });
  for (const [path, text] of Object.entries(more)) await writeFile(join(dir, path), text);
  const paths = [...files, ...Object.keys(more)];
  const described = paths.map(async (path) => ({ path, ...(await hashFile(join(dir, path))) }));
  return { ...named("ModelVersion", "tests/arrival@3"), dir: "model", files: await Promise.all(described), signature };
}

async function layData(root: string, dir: string, sql: string): Promise<Input> {
  await mkdir(join(root, dir), { recursive: true });
  const path = join(root, dir, "rows.parquet");
  await withDatabase({ writeDirs: [root] }, (database) =>
    database.connection.run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet)`),
  );
  const files = [{ path: "rows.parquet", ...(await hashFile(path)) }];
  return { ...named("DatasetVersion", `tests/arrivals@${dir.at(-1)}`), dir, files, signature: null };
}

function named(type: Input["type"], key: string): Pick<Input, "id" | "key" | "type" | "digest" | "schema"> {
  return { id: `${type}:${key}`, key, type, digest: `sha256:${"0".repeat(64)}`, schema: [] };
}

async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  return await withDatabase({ files: [file] }, async ({ connection }) => {
    return (await connection.runAndReadAll(`FROM read_parquet(${quoteText(file)})`)).getRowObjectsJson();
  });
}

async function withDatabase<T>(
  options: Parameters<typeof TabularDatabase.open>[1],
  work: (database: TabularDatabase) => Promise<T>,
): Promise<T> {
  const database = await TabularDatabase.open([], options);
  try {
    return await work(database);
  } finally {
    database[Symbol.dispose]();
  }
}
