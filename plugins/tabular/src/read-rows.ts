import { PluginFailure } from "@clew/plugin-sdk";
import { messageOf, type TabularDatabase } from "./tabular-database.ts";

/** A query's answer: numbers of 64 bits and times as text, maps as lists of key and value. @throws {PluginFailure} BAD_INPUT */
export async function readRows(database: TabularDatabase, sql: string): Promise<unknown[][]> {
  try {
    return (await database.connection.runAndReadAll(sql)).getRowsJson();
  } catch (error) {
    throw new PluginFailure("BAD_INPUT", `the data cannot be read: ${messageOf(error)}`, false, { cause: error });
  }
}

/** The one number that a query answers. */
export async function countOf(database: TabularDatabase, sql: string): Promise<number> {
  return Number((await readRows(database, sql))[0]?.[0] ?? 0);
}
