/** Lists only on PostgreSQL. */
export type SqlValue = string | number | null | Uint8Array | readonly string[];

/**
 * What the read side needs of a database: statements with `?` for parameters. On SQLite no transaction may stay open across an await
 * (the ledger's own transaction shares the connection), so there is none here.
 */
export interface Sql {
  readonly dialect: "sqlite" | "postgresql";
  all<Row>(text: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Answers how many rows it changed. */
  run(text: string, parameters?: readonly SqlValue[]): Promise<number>;
}

/**
 * The condition that `column`, of a PostgreSQL type, is one of some texts, and its parameters. One text for any number of them on
 * PostgreSQL, so that the statement is prepared once.
 */
export function isOneOf(
  sql: Sql,
  column: string,
  texts: readonly string[],
  type: "text" | "int" = "text",
): readonly [string, readonly SqlValue[]] {
  return sql.dialect === "postgresql"
    ? [`${column} = any(?::${type}[])`, [texts]]
    : [`${column} in ${marks(texts.length)}`, texts];
}

/** `(?, ?, ?)` for an IN list; of none, one that nothing is in: PostgreSQL takes no empty list. */
export function marks(count: number): string {
  if (count === 0) return "(null)";
  return `(${Array.from({ length: count }, () => "?").join(", ")})`;
}

/** `$1`, `$2`, … for `?`: the texts here hold no other question mark. */
export function numbered(text: string): string {
  let n = 0;
  return text.replaceAll("?", () => `$${++n}`);
}
