import type { LocalInput } from "@clew/plugin-sdk";
import {
  compileRowCheck,
  doubtsAbout,
  formatOf,
  loadModel,
  type RowCheck,
  type ServableModel,
} from "@clew/plugin-models";
import {
  inScratchDatabase,
  loadBackend,
  loadDataSchema,
  loadPipeline,
  requireDefinition,
  type TabularDatabase,
  viewsOf,
} from "@clew/plugin-tabular";
import { keptColumns } from "./columns.ts";
import type { ScoringJob } from "./job-types.ts";
import { inputExpressions } from "./model-columns.ts";
import { AS_THEY_STAND } from "./parameters.ts";
import { type Plan, scorePieces } from "./score-pieces.ts";
import { writePieces } from "./scratch.ts";
import { writeOutputs } from "./write-outputs.ts";

const DUCKDB_MEMORY_MIB = 640;

/** Asks the model about every row, and writes what it answers beside the columns that are kept. */
export async function score(job: ScoringJob): Promise<Record<string, number>> {
  const input = job.inputs.model[0]!;
  const { tf } = await loadBackend(job.parameters.backend);
  job.progress(0, "loading the model");
  const model = await loadModel(tf, { model: input, format: await formatOf(input) });
  try {
    await requirePreparedAlike(job, input);
    const check = await checkOf(job, input, model);
    const views = viewsOf(job.inputs.data, job.inputs.join);
    return await inScratchDatabase(job, views, { memoryMiB: DUCKDB_MEMORY_MIB }, async (database, scratchDir) => {
      const plan = await planOf(job, database, { input, model, check, scratchDir });
      job.progress(0.05, "reading");
      const pieces = await writePieces(database, plan, scratchDir);
      await scorePieces(job, database, plan, pieces);
      return await writeOutputs(job, database, plan);
    });
  } finally {
    model.dispose();
  }
}

/** A query may do what is left of the preparation; rows that are taken as they stand must be prepared as those of the training. */
async function requirePreparedAlike({ parameters, inputs, log }: ScoringJob, model: LocalInput): Promise<void> {
  if (parameters.sql !== AS_THEY_STAND || !model.files.some(({ path }) => path === "pipeline.json")) return;
  const { definition } = await loadPipeline((file) => model.path(file));
  await requireDefinition(definition, inputs.data, (message) => log.warn(message));
}

async function checkOf(
  { parameters, log }: ScoringJob,
  input: LocalInput,
  model: ServableModel,
): Promise<RowCheck | null> {
  const schema = parameters.schema ?? (await loadDataSchema(input));
  if (schema === null) return null;
  for (const doubt of doubtsAbout(schema, model.inputs)) log.warn(`${input.key} ${doubt}`);
  return compileRowCheck(schema, model.inputs);
}

async function planOf(
  { parameters, runId }: ScoringJob,
  database: TabularDatabase,
  { input, model, check, scratchDir }: Pick<Plan, "input" | "model" | "check" | "scratchDir">,
): Promise<Plan> {
  const { sql, keep, scoredBy } = parameters;
  const columns = await database.describeQuery(sql);
  const inputs = await inputExpressions(database, sql, model, input, columns);
  const kept = keptColumns(keep, columns, model);
  const by = scoredBy === "run" ? runId : input.id;
  return { sql, input, model, check, columns, inputs, kept, scoredBy: by, scratchDir };
}
