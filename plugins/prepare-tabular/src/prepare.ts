import { join } from "node:path";
import { PluginFailure } from "@clew/plugin-sdk";
import {
  type ColumnType,
  defineFeatures,
  inScratchDatabase,
  lineageOf,
  MAIN_VIEW,
  type TabularDatabase,
  viewsOf,
  withoutEnd,
} from "@clew/plugin-tabular";
import { checkAnswer } from "./check-answer.ts";
import { deduplicate } from "./deduplicate.ts";
import type { PreparationJob } from "./job-types.ts";
import { refuseUnstable } from "./refuse-unstable.ts";
import { parquetOf, requireColumns, writeParquet } from "./rows-file.ts";
import type { Answer } from "./parts.ts";
import { partsOf } from "./split.ts";
import { writePart } from "./write-part.ts";

/** What does not fit is spilled to the job's folder. One thread: the order of rows, and of sums, must not depend on a race. */
const MEMORY_MIB = 768;
const LONGEST_NAME = 255;

/**
 * Deduplicates, asks the query, checks its answer, splits it and writes the parts.
 * @param memoryMiB what DuckDB may use; the number of rows changes the time, not the memory
 */
export async function prepare(job: PreparationJob, memoryMiB = MEMORY_MIB): Promise<Record<string, number>> {
  const views = viewsOf(job.inputs.data, job.inputs.join);
  return await inScratchDatabase(job, views, { memoryMiB }, (database, dir) => prepareIn(job, database, dir));
}

async function prepareIn(
  job: PreparationJob,
  database: TabularDatabase,
  scratchDir: string,
): Promise<Record<string, number>> {
  const { sql, target, split } = job.parameters;
  const asked = await checkQuery(job, database);
  const lineage = await lineageOf(database, job.parameters, asked, "sql");
  job.progress(0, "reading");
  const duplicates = await withoutDuplicates(job, database, join(scratchDir, "data.parquet"));
  job.progress(0.2, "asking the query");
  const answer = await answerOf(job, database, join(scratchDir, "answer.parquet"));
  const definition = defineFeatures({ sql, columns: [...answer.columns], ...(target !== undefined && { target }) });
  const parts = await partsOf(answer, split, job.seed);
  const counts: Record<string, number> = { rows: answer.rows, ...duplicates };
  for (const [index, part] of parts.entries()) {
    job.progress(0.4 + (0.6 * index) / parts.length, `writing ${part.role}`);
    const rows = await writePart(job, answer, part, { definition, lineage });
    if (split !== undefined) counts[`${part.role}_rows`] = rows;
  }
  for (const [name, count] of Object.entries(counts)) job.metric(name, count);
  return counts;
}

/** The names of the answer's columns. @throws {PluginFailure} BAD_PARAMETERS */
async function checkQuery({ parameters }: PreparationJob, database: TabularDatabase): Promise<string[]> {
  const { sql, target } = parameters;
  const columns = await database.describeQuery(sql);
  await refuseUnstable(database, sql);
  if (target !== undefined) requireColumns("target", [target], columns);
  const names = columns.map(({ name }) => name);
  const lower = names.map((name) => name.toLowerCase());
  const twice = names.find((_, index) => lower.indexOf(lower[index]!) !== index);
  if (twice !== undefined)
    throw new PluginFailure("BAD_PARAMETERS", `sql: two columns of its answer are named ${twice}`);
  const long = names.find((name) => name.length > LONGEST_NAME);
  if (long !== undefined)
    throw new PluginFailure("BAD_PARAMETERS", `sql: give a shorter name to the column ${long.slice(0, 100)}…`);
  return names;
}

async function withoutDuplicates(
  { parameters }: PreparationJob,
  database: TabularDatabase,
  file: string,
): Promise<{ duplicate_rows?: number }> {
  if (parameters.deduplicate === undefined) return {};
  return { duplicate_rows: await deduplicate(database, parameters.deduplicate, file) };
}

/** Written once, since each part looks at it; a column has the type that Parquet gives it. */
async function answerOf(job: PreparationJob, database: TabularDatabase, file: string): Promise<Answer> {
  await database.requireRows(`SELECT * FROM ${MAIN_VIEW} LIMIT 1`);
  await writeParquet(database, withoutEnd(job.parameters.sql), file);
  const from = parquetOf(file);
  const columns: ColumnType[] = await database.describeQuery(`SELECT * FROM ${from}`);
  const rows = await checkAnswer(job, { database, from, columns });
  return { database, from, columns, rows };
}
