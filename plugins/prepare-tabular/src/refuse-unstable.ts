import { PluginFailure } from "@clew/plugin-sdk";
import { nodesIn, readRows, type TabularDatabase } from "@clew/plugin-tabular";

/** Written like columns. */
const CLOCKS = new Set(["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"]);

/**
 * The same inputs must give the same rows, today and tomorrow.
 * @throws {PluginFailure} BAD_PARAMETERS where a query asks for the time, for a random number or a random sample.
 */
export async function refuseUnstable(database: TabularDatabase, sql: string): Promise<void> {
  const named = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'";
  const unstable = new Set((await readRows(database, named)).map(([name]) => String(name)));
  for (const node of nodesIn(await database.syntaxOf(sql))) {
    const { class: kind, function_name: name, column_names: path, sample } = node;
    if (unstable.has(String(name))) throw refusal(String(name));
    if (kind === "COLUMN_REF" && Array.isArray(path) && path.length === 1 && CLOCKS.has(String(path[0])))
      throw refusal(String(path[0]));
    if (typeof sample === "object" && sample !== null && (sample as { seed?: unknown }).seed === -1)
      throw refusal("a sample without REPEATABLE");
  }
}

function refusal(what: string): PluginFailure {
  return new PluginFailure(
    "BAD_PARAMETERS",
    `sql: ${what} is another one each time, and the same inputs must give the same rows`,
  );
}
