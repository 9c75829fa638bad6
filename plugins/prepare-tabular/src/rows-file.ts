import { PluginFailure } from "@clew/plugin-sdk";
import { type ColumnType, countOf, quoteName, quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";

/** Said in full, so that other defaults of DuckDB do not change a version's bytes. */
const FORMAT = "FORMAT parquet, PARQUET_VERSION v1, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880";

export async function writeParquet(database: TabularDatabase, sql: string, file: string): Promise<void> {
  await readRows(database, `COPY (${sql}\n) TO ${quoteText(file)} (${FORMAT})`);
}

/** What stands after FROM. */
export function parquetOf(file: string): string {
  return `read_parquet(${quoteText(file)})`;
}

/** @param said the parameter that names them @throws {PluginFailure} BAD_PARAMETERS */
export function requireColumns(said: string, wanted: readonly string[], present: readonly ColumnType[]): void {
  const missing = wanted.find((name) => !present.some((column) => column.name === name));
  if (missing !== undefined) throw new PluginFailure("BAD_PARAMETERS", `${said}: there is no column ${missing}`);
}

/**
 * Rows whose key is missing altogether would count as one.
 * @param from what stands after FROM
 * @throws {PluginFailure} BAD_INPUT
 */
export async function requireKeys(
  database: TabularDatabase,
  from: string,
  said: string,
  key: readonly string[],
): Promise<void> {
  if (key.length === 0) return;
  const isMissing = key.map((name) => `${quoteName(name)} IS NULL`).join(" AND ");
  const rows = await countOf(database, `SELECT count(*) FROM ${from} WHERE ${isMissing}`);
  if (rows === 0) return;
  throw new PluginFailure("BAD_INPUT", `${said}: ${key.join(", ")} has no value in ${rows} rows`);
}
