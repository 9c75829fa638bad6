import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { finished } from "node:stream/promises";
import { PluginFailure } from "@clew/plugin-sdk";
import { listOf, quoteName, quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import { BROKEN_COLUMNS, brokenTable, MAX_BROKEN_LINES, readRecords } from "./broken-table.ts";
import { copyTo, isTaken, type Source } from "./copied-source.ts";
import { textOf } from "./cells.ts";
import { linesOf } from "./lines-of.ts";

const IS_OBJECT = "coalesce(json_type(json) = 'OBJECT', false)";
const NUMBERED = { file_path: "VARCHAR", line: "BIGINT", text: "VARCHAR", is_text: "BOOLEAN" } as const;

/** All files are one source, each line that is a JSON object a row. */
export async function jsonSources(
  database: TabularDatabase,
  table: string,
  files: readonly string[],
  scratchDir: string,
): Promise<Source[]> {
  if (files.length === 0) return [];
  const [parquet, numbered] = ["parquet", "jsonl"].map((suffix) => join(scratchDir, `${table}-json.${suffix}`));
  const whole = `read_json_objects(${listOf(files)}, format = 'newline_delimited')`;
  const areObjects = await isTaken(database, `SELECT count(*) FROM ${whole} WHERE NOT ${IS_OBJECT}`);
  const lines = areObjects ? whole : await numberedLines(database, table, files, numbered!);
  const names = await convert(database, `${lines} WHERE ${IS_OBJECT}`, parquet!);
  await rm(numbered!, { force: true });
  return [{ format: "JSONL", parquet: [parquet!], files, columns: new Map(names.map((name) => [name, "VARCHAR"])) }];
}

/** Objects to a column for each of their names; without any, the rows are there all the same. */
async function convert(database: TabularDatabase, objects: string, parquet: string): Promise<string[]> {
  const names = await jsonNames(database, objects);
  const shape = quoteText(JSON.stringify(Object.fromEntries(names.map((name) => [name, "JSON"]))));
  const values = names.map((name) => `CAST(o.${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`);
  const rows =
    names.length === 0
      ? `SELECT NULL AS nothing FROM ${objects}`
      : `SELECT ${values.join(", ")} FROM (SELECT from_json(json, ${shape}) AS o FROM ${objects})`;
  await readRows(database, copyTo(rows, parquet));
  return names;
}

/** SQL does not tell names apart by case; of those that differ in nothing else the most frequent is a column. */
async function jsonNames(database: TabularDatabase, objects: string): Promise<string[]> {
  const sql = `SELECT name FROM (SELECT unnest(json_keys(json)) AS name FROM ${objects}) GROUP BY name ORDER BY count(*) DESC, name`;
  const seen = new Set([""]);
  const names = (await readRows(database, sql)).map(([name]) => textOf(name));
  const distinct = names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
  return distinct.toSorted();
}

/** DuckDB's reader says that a line is no JSON, but not which: the lines are numbered, and it judges each. Those that are no objects go to the table of broken lines. */
async function numberedLines(
  database: TabularDatabase,
  table: string,
  files: readonly string[],
  to: string,
): Promise<string> {
  await numberLines(files, to);
  const lines = `(SELECT *, CASE WHEN is_text THEN TRY_CAST(text AS JSON) END AS json FROM ${readRecords(to, NUMBERED)})`;
  const fault = "CASE WHEN is_text THEN 'NO JSON OBJECT' ELSE 'NO UTF-8' END AS error_type";
  const broken = `SELECT file_path, line, text, ${fault}, NULL AS column_name FROM ${lines} WHERE NOT ${IS_OBJECT} LIMIT ${MAX_BROKEN_LINES}`;
  await readRows(database, `INSERT INTO ${brokenTable(table)} (${Object.keys(BROKEN_COLUMNS).join(", ")}) ${broken}`);
  return lines;
}

/** @throws {PluginFailure} BAD_INPUT where a file is in UTF-16, which has a zero in every second byte of Latin text. */
async function numberLines(files: readonly string[], to: string): Promise<void> {
  const out = createWriteStream(to);
  for (const file of files) {
    let line = 0;
    for await (const lines of linesOf(file)) {
      for (const bytes of lines ?? []) {
        line += 1;
        if (line === 1 && bytes.includes("\0"))
          throw new PluginFailure("BAD_INPUT", `${basename(file)} is no text in UTF-8`);
        const raw = Buffer.from(line === 1 ? bytes.replace(/^\xEF\xBB\xBF/, "") : bytes, "latin1");
        const text = raw.toString("utf8");
        // An empty line is no row.
        if (text.trim() === "") continue;
        const record = { file_path: file, line, text, is_text: isUtf8(raw) };
        if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, "drain");
      }
    }
  }
  out.end();
  await finished(out);
}
