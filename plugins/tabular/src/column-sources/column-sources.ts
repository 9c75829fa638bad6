import type { ColumnLineage } from "@clew/plugin-sdk";
import type { SyntaxNode, TabularDatabase } from "../tabular-database.ts";
import { quoteText } from "../tabular-inputs.ts";
import { QueryReader } from "./query-reader.ts";

/**
 * Reads off a query which columns of the inputs each column of its answer comes from: through joins, subqueries, WITH and set operations.
 * What comes out of anything else (a table function, PIVOT, COLUMNS, a recursive WITH) is not followed, and the answer lacks those columns.
 * Conditions are no sources of a column, except those in a subquery that is a value.
 * @param columns the columns of the query's answer that are asked about
 */
export async function columnSources(
  database: TabularDatabase,
  sql: string,
  columns: readonly string[],
): Promise<Map<string, ColumnLineage>> {
  const reader = await QueryReader.over(database);
  const answer = reader.read(await database.syntaxOf(sql)).columns;
  const found = new Map<string, ColumnLineage>();
  for (const column of columns) {
    const origin = answer.get(column.toLowerCase());
    if (!origin) continue;
    const expression = origin.made && (await expressionText(database, origin.made));
    const how = { via: origin.via, ...(expression !== undefined && { expression }) };
    found.set(column, { column, from: [...origin.from], masking: false, ...how });
  }
  return found;
}

/** The expression as SQL, without its alias; at most 500 characters. */
async function expressionText(database: TabularDatabase, item: SyntaxNode): Promise<string> {
  const template = await database.syntaxOf("SELECT 1");
  const node = { ...template, select_list: [{ ...item, alias: "" }] };
  const tree = JSON.stringify({ error: false, statements: [{ node }] });
  const text = await database.one(`SELECT json_deserialize_sql(${quoteText(tree)}::JSON)`);
  return text.replace(/^SELECT /, "").slice(0, 500);
}
