import { readRows, type TabularDatabase } from "@clew/plugin-tabular";
import { brokenTable, MAX_BROKEN_LINES } from "./broken-table.ts";
import type { SourceTable } from "./source.ts";
import { sum, textOf } from "./cells.ts";

/** Lines that are no rows. */
export interface BrokenRows {
  /** Lines that could not be read at all. */
  count: number;
  /** Lines left out because a column is not UTF-8, by column. */
  badText: ReadonlyMap<string, number>;
  /** The first of them: its line and fault. */
  example: string;
  /** There are more than are counted. */
  isCut: boolean;
}

const BAD_TEXT = "INVALID ENCODING";

/** What was found when the table was converted. */
export async function brokenRows(database: TabularDatabase, table: SourceTable): Promise<BrokenRows> {
  const faults = await readRows(database, faultsSql(table));
  const structural = faults.filter(([error]) => error !== BAD_TEXT);
  const badText = faults.flatMap(([error, column, lines]) =>
    error === BAD_TEXT ? [[textOf(column), Number(lines)] as const] : [],
  );
  const [first] = structural;
  const linesOf = (some: readonly unknown[][]) => sum(some.map(([, , lines]) => Number(lines)));
  return {
    count: linesOf(structural),
    badText: new Map(badText),
    example: first === undefined ? "" : `line ${textOf(first[3])}: ${textOf(first[0]).toLowerCase()}`,
    isCut: linesOf(faults) >= MAX_BROKEN_LINES,
  };
}

/** One row for each line that was left out, with its text. */
export function brokenLines({ name }: SourceTable): string {
  const reason = `CASE WHEN error_type = '${BAD_TEXT}' THEN 'ENUM_TYPE_INVALID_UTF8 ' || column_name ELSE 'DATASET_BROKEN_ROWS' END`;
  return `SELECT text AS line, ${reason} AS reason FROM (FROM ${brokenTable(name)} ORDER BY file_path, line)`;
}

function faultsSql({ name }: SourceTable): string {
  const column = `CASE WHEN error_type = '${BAD_TEXT}' THEN column_name END`;
  return `SELECT error_type, ${column} AS name, count(*), min(line) FROM ${brokenTable(name)} GROUP BY ALL ORDER BY ALL`;
}
