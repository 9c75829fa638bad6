import type { ColumnLineage } from "@clew/plugin-sdk";
import type { SyntaxNode, TabularDatabase } from "./tabular-database.ts";
import { datasetsOf, quoteText, type View } from "./tabular-inputs.ts";

type Source = ColumnLineage["from"][number];

/** The views that a query names in its FROM, by the name it gives them. */
type Scope = Map<string, { view: View; columns: ReadonlySet<string> }>;

/**
 * Reads off a query which columns of the inputs each column of its answer comes from. Understood are SELECTs straight from
 * the views with any joins; what comes out of a subquery or a WITH is not followed, and the answer lacks those columns.
 * @param columns the columns of the query's answer that are asked about
 */
export async function columnSources(
  database: TabularDatabase,
  sql: string,
  columns: readonly string[],
): Promise<Map<string, ColumnLineage>> {
  const select = await database.syntaxOf(sql);
  const scope = await scopeOf(database, select);
  if (scope === null) return new Map();
  const aggregates = await aggregateNames(database);
  const items = listAt(select, "select_list");
  const found = new Map<string, ColumnLineage>();
  for (const column of columns) {
    const item = items.find((candidate) => nameOf(candidate) === column) ?? starReference(items, column);
    const from = item === undefined ? null : sourcesOf(item, scope);
    if (item === undefined || from === null) continue;
    found.set(column, { column, from, masking: false, ...(await howOf(database, select, item, scope, aggregates)) });
  }
  return found;
}

async function howOf(
  database: TabularDatabase,
  select: SyntaxNode,
  item: SyntaxNode,
  scope: Scope,
  aggregates: ReadonlySet<string>,
): Promise<Pick<ColumnLineage, "via" | "expression">> {
  if (item["class"] === "COLUMN_REF") return { via: "IDENTITY" };
  const isGrouped = listAt(select, "group_expressions").length > 0;
  const isAggregate = [...nodesIn(item)].some((node) => {
    return node["class"] === "WINDOW" || aggregates.has(String(node["function_name"]));
  });
  const expression = await expressionText(database, item);
  return { via: isGrouped || isAggregate ? "AGGREGATION" : "TRANSFORMATION", expression };
}

/** The expression as SQL, without its alias; at most 500 characters. */
async function expressionText(database: TabularDatabase, item: SyntaxNode): Promise<string> {
  const template = await database.syntaxOf("SELECT 1");
  const node = { ...template, select_list: [{ ...item, alias: "" }] };
  const tree = JSON.stringify({ error: false, statements: [{ node }] });
  const text = await database.one(`SELECT json_deserialize_sql(${quoteText(tree)}::JSON)`);
  return text.replace(/^SELECT /, "").slice(0, 500);
}

async function aggregateNames(database: TabularDatabase): Promise<Set<string>> {
  const sql = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'";
  return new Set((await database.connection.runAndReadAll(sql)).getRows().map(([name]) => String(name)));
}

/** null where the query is none that can be followed. */
async function scopeOf(database: TabularDatabase, select: SyntaxNode): Promise<Scope | null> {
  if (select["type"] !== "SELECT_NODE" || !isNode(select["from_table"])) return null;
  if (isNode(select["cte_map"]) && listAt(select["cte_map"], "map").length > 0) return null;
  const scope: Scope = new Map();
  for (const { name, table } of tablesIn(select["from_table"])) {
    const view = database.views.find((candidate) => candidate.name.toLowerCase() === table.toLowerCase());
    if (view === undefined) continue;
    const columns = (await database.columnsOf(view.name)).map((column) => column.name.toLowerCase());
    scope.set(name.toLowerCase(), { view, columns: new Set(columns) });
  }
  return scope;
}

function* tablesIn(from: SyntaxNode): Generator<{ name: string; table: string }> {
  if (from["type"] === "BASE_TABLE") {
    const table = textAt(from, "table_name") ?? "";
    yield { name: textAt(from, "alias") ?? table, table };
  }
  for (const side of ["left", "right"]) if (isNode(from[side])) yield* tablesIn(from[side]);
}

/** Where an expression's columns come from; null where one of them cannot be told. */
function sourcesOf(item: SyntaxNode, scope: Scope): Source[] | null {
  const sources = new Map<string, Source>();
  for (const node of nodesIn(item)) {
    if (node["class"] === "SUBQUERY" || node["class"] === "STAR") return null;
    if (node["class"] !== "COLUMN_REF") continue;
    const found = viewsWith(node["column_names"] as string[], scope);
    if (found.length === 0) return null;
    for (const { view, column } of found) {
      for (const dataset of datasetsOf(view)) {
        const source = { input: view.role, dataset, column };
        sources.set(JSON.stringify(source), source);
      }
    }
  }
  return [...sources.values()];
}

/** The views that a column may be of: a column that a USING has merged comes from both sides. */
function viewsWith(path: readonly string[], scope: Scope): { view: View; column: string }[] {
  const column = path.at(-1)!;
  const qualifier = path.at(-2)?.toLowerCase();
  const named = [...scope].filter(([name]) => qualifier === undefined || name === qualifier);
  const having = named.filter(([, { columns }]) => columns.has(column.toLowerCase()));
  return having.map(([, { view }]) => ({ view, column }));
}

function starReference(items: readonly SyntaxNode[], column: string): SyntaxNode | undefined {
  const star = items.find((item) => item["class"] === "STAR" && !isReplaced(item, column));
  if (star === undefined) return undefined;
  const relation = textAt(star, "relation_name");
  return { class: "COLUMN_REF", column_names: relation === undefined ? [column] : [relation, column] };
}

function isReplaced(star: SyntaxNode, column: string): boolean {
  return JSON.stringify([star["replace_list"], star["rename_list"], star["expr"]]).includes(JSON.stringify(column));
}

function nameOf(item: SyntaxNode): string | undefined {
  const own = item["class"] === "COLUMN_REF" ? (item["column_names"] as string[]).at(-1) : undefined;
  return textAt(item, "alias") ?? own;
}

function* nodesIn(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) for (const part of value) yield* nodesIn(part);
  if (!isNode(value)) return;
  if (typeof value["class"] === "string") yield value;
  for (const part of Object.values(value)) yield* nodesIn(part);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
function textAt(node: SyntaxNode, field: string): string | undefined {
  const value = node[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listAt(node: SyntaxNode, field: string): SyntaxNode[] {
  return Array.isArray(node[field]) ? (node[field] as SyntaxNode[]) : [];
}
