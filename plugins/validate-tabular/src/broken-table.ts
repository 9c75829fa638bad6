import { quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";

/** Lines of one kind of file that are no rows are kept up to this number; more are not counted. */
export const MAX_BROKEN_LINES = 100_000;

/** Columns of the table of broken lines, and their types. */
export const BROKEN_COLUMNS = {
  file_path: "VARCHAR",
  line: "BIGINT",
  text: "VARCHAR",
  error_type: "VARCHAR",
  column_name: "VARCHAR",
} as const;

/** The table of lines that are no rows of this table. */
export function brokenTable(table: string): string {
  return `broken_${table}`;
}

export async function createBrokenTable(database: TabularDatabase, table: string): Promise<void> {
  const columns = Object.entries(BROKEN_COLUMNS).map(([name, type]) => `${name} ${type}`);
  await readRows(database, `CREATE TABLE ${brokenTable(table)} (${columns.join(", ")})`);
}

/** What stands after FROM, of a file of JSON lines that was written here. */
export function readRecords(file: string, columns: Readonly<Record<string, string>>): string {
  const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
  return `read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
}
