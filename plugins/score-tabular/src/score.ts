import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LocalInput } from "@clew/plugin-sdk";
import {
  compileRowCheck,
  doubtsAbout,
  formatOf,
  loadModel,
  type RowCheck,
  schemaOf,
  type ServableModel,
} from "@clew/plugin-models";
import { loadBackend, TabularDatabase, viewsOf } from "@clew/plugin-tabular";
import { keptColumns } from "./columns.ts";
import type { ScoringJob } from "./job-types.ts";
import { inputExpressions } from "./model-columns.ts";
import { type Plan, scorePieces } from "./score-pieces.ts";
import { writePieces } from "./scratch.ts";
import { writeOutputs } from "./write-outputs.ts";

const DUCKDB_MEMORY_MIB = 640;
/** In the output folder, since a job may write nowhere else; only what is stated as an output is kept of it. */
const SCRATCH_DIR = ".scratch";

/** Asks the model about every row, and writes what it answers beside the columns that are kept. */
export async function score(job: ScoringJob): Promise<Record<string, number>> {
  const input = job.inputs.model[0]!;
  const { tf } = await loadBackend(job.parameters.backend);
  job.progress(0, "loading the model");
  const model = await loadModel(tf, { model: input, format: await formatOf(input) });
  try {
    const check = await checkOf(job, input, model);
    return await withDatabase(job, async (database, scratchDir) => {
      const plan = await planOf(job, database, { input, model, check });
      job.progress(0.05, "reading");
      const pieces = await writePieces(database, plan, scratchDir);
      await scorePieces(job, database, plan, pieces);
      return await writeOutputs(job, database, plan);
    });
  } finally {
    model.dispose();
  }
}

async function checkOf(
  { parameters, log }: ScoringJob,
  input: LocalInput,
  model: ServableModel,
): Promise<RowCheck | null> {
  const schema = parameters.schema ?? (await schemaOf(input));
  if (schema === null) return null;
  for (const doubt of doubtsAbout(schema, model.inputs)) log.warn(`${input.key} ${doubt}`);
  return compileRowCheck(schema, model.inputs);
}

async function planOf(
  { parameters, runId }: ScoringJob,
  database: TabularDatabase,
  { input, model, check }: Pick<Plan, "input" | "model" | "check">,
): Promise<Plan> {
  const { sql, keep, scoredBy } = parameters;
  const columns = await database.describeQuery(sql);
  const inputs = inputExpressions(model, input, columns);
  const kept = keptColumns(keep, columns, model);
  return { sql, input, model, check, columns, inputs, kept, scoredBy: scoredBy === "run" ? runId : input.id };
}

async function withDatabase<T>(
  job: ScoringJob,
  work: (database: TabularDatabase, scratchDir: string) => Promise<T>,
): Promise<T> {
  const scratchDir = join(job.outputDir, SCRATCH_DIR);
  await mkdir(scratchDir);
  const options = { memoryMiB: DUCKDB_MEMORY_MIB, spillDir: scratchDir, writeDirs: [job.outputDir] };
  const database = await TabularDatabase.open(viewsOf(job.inputs.data, job.inputs.join), options);
  const interrupt = () => database.connection.interrupt();
  job.signal.addEventListener("abort", interrupt);
  try {
    job.signal.throwIfAborted();
    return await work(database, scratchDir);
  } catch (error) {
    // What was interrupted fails in some way of its own.
    job.signal.throwIfAborted();
    throw error;
  } finally {
    job.signal.removeEventListener("abort", interrupt);
    database[Symbol.dispose]();
    await rm(scratchDir, { recursive: true });
  }
}
