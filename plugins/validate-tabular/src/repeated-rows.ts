import { countOf, type TabularDatabase } from "@clew/plugin-tabular";
import type { SourceTable } from "./source.ts";
import { TypedTable } from "./typed-table.ts";

/**
 * Rows that repeat another one, by a hash of 64 bits of the row as it stands: of n rows that differ, about n² / 2^65 are taken
 * for repeated. Spills to disk where memory does not hold the hashes.
 */
export async function countDuplicates(database: TabularDatabase, table: SourceTable): Promise<number> {
  if (table.columns.length === 0) return 0;
  const columns = table.columns.map((_, index) => `r${index}`);
  const hashes = `SELECT hash(${columns.join(", ")}) AS h FROM ${new TypedTable(table, []).query({ raw: true })}`;
  return await countOf(
    database,
    `SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM (${hashes}) GROUP BY h)`,
  );
}

/** Distinct values of a column, exactly. */
export async function countDistinct(database: TabularDatabase, typed: TypedTable, column: number): Promise<number> {
  const value = `v${column}`;
  return await countOf(
    database,
    `SELECT count(*) FROM (SELECT ${value} FROM ${typed.query()} WHERE ${value} IS NOT NULL GROUP BY ${value})`,
  );
}
