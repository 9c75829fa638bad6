import { type ColumnProfile, quoteText, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import type { TypedTable } from "./typed-table.ts";
import { textOf } from "./cells.ts";

/** A column with more distinct values gets no list of them. */
export const MAX_LISTED_VALUES = 1000;
/** The estimate of distinct values is at most so many times too low. */
const ESTIMATE_SLACK = 1.25;
/** Columns counted in one look at the table. */
const AT_ONCE = 32;

export interface Counted {
  /** Index of the column. */
  column: number;
  /** Only these are told apart. */
  only?: readonly string[];
}
export type ValueCount = NonNullable<ColumnProfile["values"]>[number];

/** The columns whose values are few enough to list. */
export function countable(columns: readonly ColumnProfile[]): Counted[] {
  return columns.flatMap(({ type, distinct }, column) => {
    const isListed = type === "BOOL" || (type === "STRING" && distinct <= MAX_LISTED_VALUES * ESTIMATE_SLACK);
    return isListed ? [{ column }] : [];
  });
}

/** How often each value stands in these columns, the most frequent first; null where there are too many. */
export async function countValues(
  database: TabularDatabase,
  typed: TypedTable,
  counted: readonly Counted[],
): Promise<Map<number, ValueCount[] | null>> {
  const found = new Map<number, ValueCount[] | null>();
  for (let start = 0; start < counted.length; start += AT_ONCE) {
    const part = counted.slice(start, start + AT_ONCE);
    for (const [column, values] of await countPart(database, typed, part)) found.set(column, values);
  }
  return found;
}

async function countPart(database: TabularDatabase, typed: TypedTable, part: readonly Counted[]) {
  const values = part.map(({ column, only }, place) => `${valueSql(column, only)} AS c${place}`);
  const names = part.map((_, place) => `c${place}`);
  const sets = names.map((name) => `(${name})`).join(", ");
  const sql = `SELECT grouping_id(${names.join(", ")}), coalesce(${names.join(", ")}) AS value, count(*) AS n
    FROM (SELECT ${values.join(", ")} FROM ${typed.query()}) GROUP BY GROUPING SETS (${sets})
    HAVING coalesce(${names.join(", ")}) IS NOT NULL ORDER BY n DESC, value`;
  const found = new Map<number, ValueCount[]>(part.map(({ column }) => [column, []]));
  for (const [grouping, value, count] of await readRows(database, sql)) {
    found
      .get(part[placeOf(Number(grouping), part.length)]!.column)!
      .push({ value: textOf(value), count: Number(count) });
  }
  return [...found].map(([column, list]) => [column, list.length > MAX_LISTED_VALUES ? null : list] as const);
}

/** All bits are set but that of the column that is grouped by; the first column has the highest. */
function placeOf(grouping: number, columns: number): number {
  return columns - 1 - Math.round(Math.log2(2 ** columns - 1 - grouping));
}

function valueSql(column: number, only: readonly string[] | undefined): string {
  const text = `CAST(v${column} AS VARCHAR)`;
  if (only === undefined) return text;
  return only.length === 0
    ? "NULL::VARCHAR"
    : `CASE WHEN ${text} IN (${only.map(quoteText).join(", ")}) THEN ${text} END`;
}
