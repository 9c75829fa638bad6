import { readRows, type TabularDatabase } from "@clew/plugin-tabular";
import type { RowCheck } from "./row-checks.ts";
import type { TypedTable } from "./typed-table.ts";
import { textOf } from "./cells.ts";

const MAX_CHARACTERS = 60;

/** For each check that is broken a value that breaks it, the smallest as text; one more look at the table where there are any. */
export async function examplesOf(
  database: TabularDatabase,
  typed: TypedTable,
  checks: readonly RowCheck[],
  broken: readonly number[],
): Promise<Map<number, string>> {
  const asked = checks.flatMap((check, index) => {
    const raw = typed.table.columns.indexOf(typed.columns[check.column]!.name);
    return broken[index] === 0 || check.is === "absent" || raw < 0 ? [] : [{ index, sql: check.sql, raw }];
  });
  if (asked.length === 0) return new Map();
  const items = asked.map(
    ({ sql, raw }) => `min(CASE WHEN ${sql} THEN left(CAST(r${raw} AS VARCHAR), ${MAX_CHARACTERS}) END)`,
  );
  const [row = []] = await readRows(database, `SELECT ${items.join(", ")} FROM ${typed.query({ raw: true })}`);
  return new Map(asked.map(({ index }, place) => [index, textOf(row[place])]));
}
