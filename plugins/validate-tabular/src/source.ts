import { PluginFailure } from "@clew/plugin-sdk";
import { type FileFormat, listOf, messageOf, readRows, requireWhole, type TabularDatabase } from "@clew/plugin-tabular";
import { createBrokenTable } from "./broken-table.ts";
import type { Source } from "./copied-source.ts";
import { csvSources } from "./csv-source.ts";
import { jsonSources } from "./json-source.ts";
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
  await requireReadable(files);
  await createBrokenTable(database, name);
  const of = (...formats: FileFormat[]) => files.filter((file) => formats.includes(formatOf(file)));
  const sources = [
    ...(await parquetSources(database, of("PARQUET"))),
    ...(await csvSources(database, name, of("CSV", "TSV"), scratchDir)),
    ...(await jsonSources(database, name, of("JSONL"), scratchDir)),
  ];
  const columns = [...new Set(sources.flatMap((source) => [...source.columns.keys()]))];
  return { name, sources, columns };
}

/** What stands after FROM. */
export function fromOf({ parquet }: Source): string {
  return `read_parquet(${listOf(parquet)}, union_by_name = true)`;
}

async function requireReadable(files: readonly string[]): Promise<void> {
  try {
    await requireWhole(files);
  } catch (error) {
    throw new PluginFailure("BAD_INPUT", `a file cannot be read: ${messageOf(error)}`, false, { cause: error });
  }
}

async function parquetSources(database: TabularDatabase, files: readonly string[]): Promise<Source[]> {
  if (files.length === 0) return [];
  const source: Source = { format: "PARQUET", parquet: files, files, columns: new Map() };
  const described = await readRows(database, `DESCRIBE SELECT * FROM ${fromOf(source)}`);
  return [{ ...source, columns: new Map(described.map(([name, type]) => [textOf(name), textOf(type)])) }];
}
