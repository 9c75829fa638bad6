import { join } from "node:path";
import { type FileFormat, listOf, quoteName, quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import { copyTo, type Source } from "./copied-source.ts";
import { csvSources } from "./csv-source.ts";
import { textOf } from "./cells.ts";

/** Sources that are one table. */
export interface SourceTable {
  name: string;
  sources: readonly Source[];
  /** Names of all its columns, in the order in which they first appear. */
  columns: readonly string[];
}

/** By its name; `.gz` does not count. */
export function formatOf(path: string): FileFormat {
  const [, suffix = ""] = /\.([a-z]+)(?:\.gz)?$/i.exec(path) ?? [];
  const formats: Record<string, FileFormat> = { csv: "CSV", tsv: "TSV", jsonl: "JSONL", ndjson: "JSONL" };
  if (/\.parquet$/i.test(path)) return "PARQUET";
  return formats[suffix.toLowerCase()] ?? "OTHER";
}

/**
 * Text is read once and converted to Parquet, so that every later look sees the same rows: which rows of a broken CSV DuckDB leaves out
 * depends on the columns that are asked for.
 * @param scratchDir where converted files go, an absolute path
 * @throws {PluginFailure} BAD_INPUT where a file is not what its name says.
 */
export async function sourceTable(
  database: TabularDatabase,
  name: string,
  files: readonly string[],
  scratchDir: string,
): Promise<SourceTable> {
  const of = (...formats: FileFormat[]) => files.filter((file) => formats.includes(formatOf(file)));
  const sources = [
    ...(await parquetSources(database, of("PARQUET"))),
    ...(await csvSources(database, name, of("CSV", "TSV"), scratchDir)),
    ...(await jsonSources(database, of("JSONL"), join(scratchDir, `${name}-json.parquet`))),
  ];
  const columns = [...new Set(sources.flatMap((source) => [...source.columns.keys()]))];
  return { name, sources, columns };
}

/** What stands after FROM. */
export function fromOf({ parquet }: Source): string {
  return `read_parquet(${listOf(parquet)}, union_by_name = true)`;
}

async function parquetSources(database: TabularDatabase, files: readonly string[]): Promise<Source[]> {
  if (files.length === 0) return [];
  const source: Source = { format: "PARQUET", parquet: files, files, columns: new Map() };
  const described = await readRows(database, `DESCRIBE SELECT * FROM ${fromOf(source)}`);
  return [{ ...source, columns: new Map(described.map(([name, type]) => [textOf(name), textOf(type)])) }];
}

async function jsonSources(database: TabularDatabase, files: readonly string[], parquet: string): Promise<Source[]> {
  if (files.length === 0) return [];
  const objects = `${jsonLines(files)} WHERE json_type(json) = 'OBJECT'`;
  const names = await jsonNames(database, objects);
  if (names.length === 0) return [];
  const shape = quoteText(JSON.stringify(Object.fromEntries(names.map((name) => [name, "JSON"]))));
  const values = names.map((name) => `CAST(o.${quoteName(name)} AS VARCHAR) AS ${quoteName(name)}`);
  await readRows(
    database,
    copyTo(`SELECT ${values.join(", ")} FROM (SELECT from_json(json, ${shape}) AS o FROM ${objects})`, parquet),
  );
  return [{ format: "JSONL", parquet: [parquet], files, columns: new Map(names.map((name) => [name, "VARCHAR"])) }];
}

/** SQL does not tell names apart by case; of those that differ in nothing else the most frequent is a column. */
async function jsonNames(database: TabularDatabase, objects: string): Promise<string[]> {
  const sql = `SELECT name FROM (SELECT unnest(json_keys(json)) AS name FROM ${objects}) GROUP BY name ORDER BY count(*) DESC, name`;
  const seen = new Set([""]);
  const names = (await readRows(database, sql)).map(([name]) => textOf(name));
  const distinct = names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
  return distinct.toSorted();
}

/** Each line as JSON; null where it is none. */
export function jsonLines(files: readonly string[]): string {
  return `read_json_objects(${listOf(files)}, format = 'newline_delimited', ignore_errors = true)`;
}
