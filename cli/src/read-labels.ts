import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Label } from "@clew/schema";
import { z } from "zod";
import { openDuckDb } from "./duckdb.ts";
import { CliError, UsageError } from "./errors.ts";

const COLUMNS = ["inference", "row", "value", "at"];
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const Given = z.strictObject({
  ...Label.shape,
  at: z.iso.datetime({ offset: true, error: "must be a time as 2026-11-24T09:12:00Z" }),
});
export type GivenLabel = z.infer<typeof Given>;

/**
 * The labels of a CSV file or of JSON lines, in their order, read as they are asked for.
 * @param isText takes each value of a CSV file as text; else true, false and numbers are taken for what they look like.
 * @throws {CliError} that names the record at fault.
 */
export async function* readLabels(file: string, isText: boolean): AsyncGenerator<GivenLabel> {
  const records = /\.(jsonl|ndjson)$/i.test(file) ? jsonLines(file) : csvRecords(file, isText);
  let n = 0;
  for await (const record of records) {
    n += 1;
    const label = Given.safeParse(record);
    if (label.success) yield label.data;
    else {
      const [issue] = label.error.issues;
      throw new CliError(`${file}, record ${n}: ${[...(issue?.path ?? []), issue?.message].join(" ")}`);
    }
  }
}

async function* jsonLines(file: string): AsyncGenerator {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.trim() !== "") yield parsed(line);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

async function* csvRecords(file: string, isText: boolean): AsyncGenerator<object> {
  const { connection, close } = await openDuckDb();
  try {
    const table = `read_csv('${file.replaceAll("'", "''")}', header = true, all_varchar = true)`;
    const result = await connection.stream(`select * from ${table}`);
    const names = result.columnNames();
    requireColumns(file, names);
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk())
      for (const row of chunk.getRows()) yield recordOf(names, row as (string | null)[], isText);
  } finally {
    close();
  }
}

function requireColumns(file: string, names: readonly string[]): void {
  const missing = ["inference", "value", "at"].filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new UsageError(`${file} has no column ${missing.join(", ")}: its head names ${names.join(", ")}`);
  const unknown = names.filter((name) => !COLUMNS.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`${file} has a column ${unknown[0]}, which is none of ${COLUMNS.join(", ")}`);
}

function recordOf(names: readonly string[], row: readonly (string | null)[], isText: boolean): object {
  const cells = Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
  const { row: place = null, value = null, ...rest } = cells;
  return { ...rest, ...(place !== null && { row: typed(place) }), value: isText ? value : typed(value) };
}

function typed(cell: string | null): string | number | boolean | null {
  if (cell === "true" || cell === "false") return cell === "true";
  return cell !== null && NUMBER.test(cell) ? Number(cell) : cell;
}
