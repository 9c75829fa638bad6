import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type LocalInput, PluginFailure } from "@clew/plugin-sdk";
import type { Batch, RowCheck, ServableModel } from "@clew/plugin-models";
import { type ColumnType, quoteName, quoteText, type TabularDatabase } from "@clew/plugin-tabular";
import { ANSWERS, putAnswers } from "./answers-table.ts";
import { SCORED_BY } from "./columns.ts";
import type { ScoringJob } from "./job-types.ts";
import { outputType } from "./model-columns.ts";
import { rowBatch, takeRows } from "./row-batch.ts";
import type { Pieces } from "./scratch.ts";

/** What is to be done, once all that was given fits together. */
export interface Plan {
  readonly sql: string;
  readonly input: LocalInput;
  readonly model: ServableModel;
  readonly check: RowCheck | null;
  /** Of the query's answer. */
  readonly columns: readonly ColumnType[];
  /** The model's, as SQL over the answer. */
  readonly inputs: readonly string[];
  /** Places of the columns that are kept. */
  readonly kept: readonly number[];
  /** The id that stands in each row. */
  readonly scoredBy: string;
  /** Goes when all is done. */
  readonly scratchDir: string;
}

/** Rows that the model sees at a time. */
const ROWS_OF_MODEL = 4_096;
export const ROLES = ["predictions", "rejected"] as const;
export type Role = (typeof ROLES)[number];
export const WHY = "rejected_because";

/** Where the files for a role are until they are one. */
export function partsDir({ scratchDir }: Plan, role: Role): string {
  return join(scratchDir, "parts", role);
}

/** Scores one piece after the other; what comes of each is a file for either role. */
export async function scorePieces(
  job: ScoringJob,
  database: TabularDatabase,
  plan: Plan,
  { files, rows }: Pieces,
): Promise<void> {
  if (rows === 0) throw new PluginFailure("BAD_INPUT", "the query's answer has no rows");
  for (const role of ROLES) await mkdir(partsDir(plan, role), { recursive: true });
  let done = 0;
  for (const [index, file] of files.entries()) {
    job.signal.throwIfAborted();
    done += await scorePiece(database, plan, file);
    await writePart(database, plan, { file, name: `${String(index).padStart(6, "0")}.parquet` });
    job.progress(0.05 + (0.85 * done) / rows, `${done} of ${rows} rows`);
  }
}

/** The piece's rows. */
async function scorePiece(database: TabularDatabase, { model, inputs, check }: Plan, file: string): Promise<number> {
  const items = ["1", ...inputs.map((_, at) => `i${at}`)];
  const [ones = [], ...columns] = (
    await database.connection.runAndReadAll(`SELECT ${items.join(", ")} FROM read_parquet(${quoteText(file)})`)
  ).getColumns();
  const { batch, why } = rowBatch(ones.length, columns, model.inputs, check);
  const asked = [...why.keys()].filter((row) => why[row] === null);
  const answered: Batch[] = [];
  for (let at = 0; at < asked.length; at += ROWS_OF_MODEL)
    answered.push(await answerOf(model, takeRows(batch, model.inputs, asked.slice(at, at + ROWS_OF_MODEL))));
  await putAnswers(database, model.outputs, why, answered);
  return ones.length;
}

async function answerOf(model: ServableModel, batch: Batch): Promise<Batch> {
  try {
    return await model.predict(batch);
  } catch (cause) {
    throw new PluginFailure("BAD_INPUT", `the model cannot answer: ${(cause as Error).message}`, false, { cause });
  }
}

async function writePart(
  database: TabularDatabase,
  plan: Plan,
  { file, name }: { file: string; name: string },
): Promise<void> {
  const rows = `read_parquet(${quoteText(file)}, file_row_number = true) s JOIN ${ANSWERS} a ON a."row" = s.file_row_number`;
  for (const role of ROLES) {
    const isScored = role === "predictions";
    const items = isScored ? predictionItems(plan) : rejectedItems(plan);
    const query = `SELECT ${items.join(", ")} FROM ${rows} WHERE a.why IS ${isScored ? "" : "NOT "}NULL ORDER BY a."row"`;
    const path = join(partsDir(plan, role), name);
    await database.connection.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION lz4_raw)`);
  }
}

function predictionItems({ columns, kept, model, scoredBy }: Plan): string[] {
  return [
    ...kept.map((at) => `s.c${at} AS ${quoteName(columns[at]!.name)}`),
    ...model.outputs.map((spec, at) => `CAST(a.p${at} AS ${outputType(spec)}) AS ${quoteName(spec.name)}`),
    `${quoteText(scoredBy)} AS ${SCORED_BY}`,
  ];
}

function rejectedItems({ columns }: Plan): string[] {
  return [...columns.map(({ name }, at) => `s.c${at} AS ${quoteName(name)}`), `a.why AS ${WHY}`];
}
