import { messageOf, quoteText, type TabularDatabase } from "@clew/plugin-tabular";

/** Files whose values are read in one way. */
export interface Source {
  format: "PARQUET" | "CSV" | "JSONL";
  /** Parquet: as it was given, or what text was converted to. */
  parquet: readonly string[];
  /** The files as they were given. */
  files: readonly string[];
  /** Their types by name; all are VARCHAR where the files were text: a CSV's field, or a value's JSON. */
  columns: ReadonlyMap<string, string>;
}

/** A file for later looks at what text held. */
export function copyTo(query: string, parquet: string): string {
  return `COPY (${query}) TO ${quoteText(parquet)} (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 65536)`;
}

/** Whether DuckDB takes text as it stands; at some lines its reader stops altogether. */
export async function isTaken(database: TabularDatabase, statement: string): Promise<boolean> {
  try {
    await database.connection.run(statement);
    return true;
  } catch (error) {
    if (/interrupt/i.test(messageOf(error))) throw error;
    return false;
  }
}
