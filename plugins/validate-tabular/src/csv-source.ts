import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { PluginFailure } from "@clew/plugin-sdk";
import {
  countOf,
  type CsvHeader,
  listOf,
  messageOf,
  quoteText,
  readCsvHeader,
  readRows,
  type TabularDatabase,
} from "@clew/plugin-tabular";
import { BROKEN_COLUMNS, brokenTable, MAX_BROKEN_LINES, readRecords } from "./broken-table.ts";
import { copyTo, isTaken, type Source } from "./copied-source.ts";
import { splitCsv } from "./split-csv.ts";

/** One for each header: files that share it are read together. */
export async function csvSources(
  database: TabularDatabase,
  table: string,
  files: readonly string[],
  scratchDir: string,
): Promise<Source[]> {
  const groups = new Map<string, { header: CsvHeader; files: string[] }>();
  for (const file of files) {
    const header = await headerOf(file);
    if (header === null) continue;
    const key = JSON.stringify(header);
    const group = groups.get(key) ?? { header, files: [] };
    group.files.push(file);
    groups.set(key, group);
  }
  const sources: Source[] = [];
  for (const { header, files: same } of groups.values()) {
    const name = `${table}_${sources.length}`;
    const parquet = join(scratchDir, `${name}.parquet`);
    await convert(database, { table, name, header, files: same, parquet, scratchDir });
    const columns = new Map(header.columns.map((column) => [column, "VARCHAR"]));
    sources.push({ format: "CSV", parquet: [parquet], files: same, columns });
  }
  return sources;
}

async function headerOf(file: string): Promise<CsvHeader | null> {
  try {
    return await readCsvHeader(file);
  } catch (error) {
    throw new PluginFailure("BAD_INPUT", `a CSV file cannot be read: ${messageOf(error)}`, false, { cause: error });
  }
}

interface Conversion {
  table: string;
  /** Unique. */
  name: string;
  header: CsvHeader;
  files: readonly string[];
  parquet: string;
  scratchDir: string;
}

/** DuckDB's reader says whether all lines are rows; where they are not, it may lose rows that are, so they are told apart first. */
async function convert(database: TabularDatabase, conversion: Conversion): Promise<void> {
  const { name, header, files, parquet } = conversion;
  if (await isConverted(database, name, copyTo(`FROM ${readCsv(name, header, files)}`, parquet))) return;
  const sound = await splitLines(database, conversion);
  await readRows(database, copyTo(`FROM ${readCsv(`${name}_sound`, header, [sound])}`, parquet));
  await rm(sound);
}

/** Whether every line was a row. */
async function isConverted(database: TabularDatabase, name: string, copy: string): Promise<boolean> {
  return (await isTaken(database, copy)) && (await countOf(database, `SELECT count(*) FROM rejects_${name}`)) === 0;
}

/** Puts the lines that are no rows into their table; answers a file of those that are. */
async function splitLines(
  database: TabularDatabase,
  { table, name, header, files, scratchDir }: Conversion,
): Promise<string> {
  const [sound, broken] = [join(scratchDir, `${name}.csv`), join(scratchDir, `${name}.jsonl`)];
  const lines = createWriteStream(broken);
  let kept = 0;
  await splitCsv(files, header, sound, async (line) => {
    kept += 1;
    if (kept <= MAX_BROKEN_LINES && !lines.write(`${JSON.stringify(line)}\n`)) await once(lines, "drain");
  });
  lines.end();
  await finished(lines);
  await readRows(database, `INSERT INTO ${brokenTable(table)} FROM ${readRecords(broken, BROKEN_COLUMNS)}`);
  await rm(broken);
  return sound;
}

/** Not with ignore_errors: DuckDB 1.5.5 then loses the rows that follow a value with quotes inside. */
function readCsv(name: string, { delimiter, columns }: CsvHeader, files: readonly string[]): string {
  const types = columns.map((column) => `${quoteText(column)}: 'VARCHAR'`);
  const dialect = `auto_detect = false, header = true, delim = ${quoteText(delimiter)}, quote = '"', escape = '"'`;
  const rejects = `store_rejects = true, rejects_table = 'rejects_${name}', rejects_scan = 'reject_files_${name}'`;
  return `read_csv(${listOf(files)}, ${dialect}, columns = {${types.join(", ")}}, ${rejects}, rejects_limit = 1)`;
}
