import type { SyntaxNode, TabularDatabase } from "../tabular-database.ts";
import { datasetsOf } from "../tabular-inputs.ts";
import { merged, type Origin, type Relation, renamed, sourcesOf, strongest, union, UNKNOWN } from "./relation.ts";
import { Scope, type Tables } from "./scope.ts";
import { expressionsIn, isNode, listAt, queryAt, textAt, textsAt } from "./syntax.ts";

/** Reads off a query's syntax tree what each of its columns comes from. */
export class QueryReader {
  readonly #views: Tables;
  readonly #aggregates: ReadonlySet<string>;

  private constructor(views: Tables, aggregates: ReadonlySet<string>) {
    this.#views = views;
    this.#aggregates = aggregates;
  }

  static async over(database: TabularDatabase): Promise<QueryReader> {
    const views = new Map<string, Relation>();
    for (const view of database.views) {
      const columns = (await database.columnsOf(view.name)).map(({ name }): [string, Origin] => {
        const from = datasetsOf(view).map((dataset) => ({ input: view.role, dataset, column: name }));
        return [name.toLowerCase(), { from, via: "IDENTITY" }];
      });
      views.set(view.name.toLowerCase(), { columns: new Map(columns), isWhole: true });
    }
    return new QueryReader(views, await aggregateNames(database));
  }

  read(query: SyntaxNode): Relation {
    return this.#query(query, this.#views, null);
  }

  #query(query: SyntaxNode, known: Tables, outer: Scope | null): Relation {
    const tables = this.#withNamed(query, known, outer);
    if (query["type"] === "SELECT_NODE") return this.#select(query, tables, outer);
    const { left, right, setop_type: kind } = query;
    if (query["type"] !== "SET_OPERATION_NODE" || !isNode(left) || !isNode(right)) return UNKNOWN;
    const [first, second] = [this.#query(left, tables, outer), this.#query(right, tables, outer)];
    return union(first, second, kind === "UNION_BY_NAME");
  }

  /** With what stands in its WITH; a recursive one cannot be followed. */
  #withNamed(query: SyntaxNode, known: Tables, outer: Scope | null): Tables {
    if (!isNode(query["cte_map"])) return known;
    const tables = new Map(known);
    for (const { key, value } of listAt(query["cte_map"], "map")) {
      const inner = isNode(value) ? queryAt(value, "query") : undefined;
      const relation = inner === undefined ? UNKNOWN : this.#query(inner, tables, outer);
      tables.set(String(key).toLowerCase(), isNode(value) ? renamed(relation, textsAt(value, "aliases")) : relation);
    }
    return tables;
  }

  #select(query: SyntaxNode, tables: Tables, outer: Scope | null): Relation {
    const scope = this.#scopeOf(query, tables, outer);
    const isGrouped = listAt(query, "group_expressions").length > 0;
    const columns = new Map<string, Origin | null>();
    let isWhole = true;
    for (const [place, item] of listAt(query, "select_list").entries()) {
      const found = item["class"] === "STAR" ? this.#star(item, scope, tables) : this.#item(item, scope, tables, place);
      if (found === null) isWhole = false;
      for (const [name, origin] of found ?? []) {
        const whole = isGrouped && origin?.made !== undefined ? { ...origin, via: "AGGREGATION" as const } : origin;
        if (!columns.has(name)) columns.set(name, whole);
        if (item["class"] !== "STAR") scope.addItem(name, whole);
      }
    }
    return { columns, isWhole };
  }

  #item(item: SyntaxNode, scope: Scope, tables: Tables, place: number): [string, Origin | null][] {
    return [[(nameOf(item) ?? `column ${place}`).toLowerCase(), this.#origin(item, scope, tables)]];
  }

  /** The columns that a star stands for; null where not all of them are known. */
  #star(item: SyntaxNode, scope: Scope, tables: Tables): [string, Origin | null][] | null {
    const relations = scope.starred(textAt(item, "relation_name"));
    if (relations === null || item["columns"] === true || isNode(item["expr"])) return null;
    const left = new Set(textsAt(item, "exclude_list").map((name) => name.toLowerCase()));
    // With a table's name before it, or renamed: rare, and not worth being wrong about.
    if (listAt(item, "qualified_exclude_list").length + listAt(item, "rename_list").length > 0) return null;
    const replaced = new Map(
      listAt(item, "replace_list").map(({ key, value }) => [String(key).toLowerCase(), value as SyntaxNode]),
    );
    const names = new Set(relations.flatMap(({ columns }) => [...columns.keys()]).filter((name) => !left.has(name)));
    return [...names].map((name) => {
      const expression = replaced.get(name);
      if (expression !== undefined) return [name, this.#origin(expression, scope, tables)];
      const having = relations.filter(({ columns }) => columns.has(name));
      return [name, merged(having.map(({ columns }) => columns.get(name) ?? null))];
    });
  }

  #origin(expression: SyntaxNode, scope: Scope, tables: Tables): Origin | null {
    if (expression["class"] === "COLUMN_REF") return scope.resolve(textsAt(expression, "column_names"));
    const parts = this.#partsOf(expression, scope, tables);
    if (parts === null) return null;
    const isAggregate = [...expressionsIn(expression)].some((node) => {
      return (
        ["WINDOW", "SUBQUERY"].includes(String(node["class"])) || this.#aggregates.has(String(node["function_name"]))
      );
    });
    const via = strongest([
      "TRANSFORMATION",
      ...(isAggregate ? ["AGGREGATION" as const] : []),
      ...parts.map((part) => part.via),
    ]);
    return { from: sourcesOf(parts), via, made: expression };
  }

  /** All columns that a part of a query reads; null where one of them cannot be told. */
  #partsOf(part: unknown, scope: Scope, tables: Tables): Origin[] | null {
    const parts: Origin[] = [];
    for (const node of expressionsIn(part)) {
      if (node["class"] === "STAR") return null;
      if (node["class"] === "COLUMN_REF") {
        const origin = scope.resolve(textsAt(node, "column_names"));
        if (origin === null) return null;
        parts.push(origin);
      } else if (node["class"] === "SUBQUERY") {
        const inner = queryAt(node, "subquery");
        const read = inner === undefined ? null : this.#allOf(inner, tables, scope);
        if (read === null) return null;
        parts.push(...read);
      }
    }
    return parts;
  }

  /** All that a subquery's answer depends on: its conditions too, since they decide the one value that it is. */
  #allOf(query: SyntaxNode, known: Tables, outer: Scope): Origin[] | null {
    if (query["type"] !== "SELECT_NODE") return null;
    const tables = this.#withNamed(query, known, outer);
    const { select_list, where_clause, group_expressions, having, qualify } = query;
    const parts = [select_list, where_clause, group_expressions, having, qualify];
    return this.#partsOf(parts, this.#scopeOf(query, tables, outer), tables);
  }

  #scopeOf(query: SyntaxNode, tables: Tables, outer: Scope | null): Scope {
    return new Scope([...this.#relationsIn(query["from_table"], tables, outer)], outer);
  }

  *#relationsIn(from: unknown, tables: Tables, outer: Scope | null): Generator<[string, Relation]> {
    if (!isNode(from) || from["type"] === "EMPTY") return;
    if (from["type"] === "JOIN") {
      for (const side of ["left", "right"]) yield* this.#relationsIn(from[side], tables, outer);
      return;
    }
    const table = (textAt(from, "table_name") ?? "").toLowerCase();
    const inner = queryAt(from, "subquery");
    let relation = UNKNOWN;
    if (from["type"] === "BASE_TABLE") relation = tables.get(table) ?? UNKNOWN;
    else if (inner !== undefined) relation = this.#query(inner, tables, outer);
    yield [textAt(from, "alias")?.toLowerCase() ?? table, renamed(relation, textsAt(from, "column_name_alias"))];
  }
}

function nameOf(item: SyntaxNode): string | undefined {
  return textAt(item, "alias") ?? (item["class"] === "COLUMN_REF" ? textsAt(item, "column_names").at(-1) : undefined);
}

async function aggregateNames(database: TabularDatabase): Promise<Set<string>> {
  const sql = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'";
  return new Set((await database.connection.runAndReadAll(sql)).getRows().map(([name]) => String(name)));
}
