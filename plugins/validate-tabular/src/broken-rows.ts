import { countOf, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import { brokenTable, MAX_BROKEN_LINES } from "./csv-source.ts";
import { jsonLines, type SourceTable } from "./source.ts";
import { sum, textOf } from "./cells.ts";

/** Lines that are no rows. */
export interface BrokenRows {
  /** Lines that could not be read at all. */
  count: number;
  /** Lines left out because a column is not UTF-8, by column. */
  badText: ReadonlyMap<string, number>;
  /** The first of them: its file, line and fault. */
  example: string;
  /** There are more than are counted. */
  isCut: boolean;
}

const BAD_TEXT = "INVALID ENCODING";
const NO_OBJECT = "(json IS NULL OR json_type(json) <> 'OBJECT')";

/** What was found when the table was converted. */
export async function brokenRows(database: TabularDatabase, table: SourceTable): Promise<BrokenRows> {
  const csv = hasCsv(table) ? await readRows(database, faultsSql(table)) : [];
  const json = await countBrokenJson(database, table);
  const structural = csv.filter(([error]) => error !== BAD_TEXT);
  const first = structural[0];
  const badText = csv.flatMap(([error, column, lines]) =>
    error === BAD_TEXT ? [[textOf(column), Number(lines)] as const] : [],
  );
  const count = sum(structural.map(([, , lines]) => Number(lines))) + json;
  const example =
    first === undefined ? "a line is no JSON object" : `line ${textOf(first[3])}: ${textOf(first[0]).toLowerCase()}`;
  return {
    count,
    badText: new Map(badText),
    example,
    isCut: sum(csv.map(([, , lines]) => Number(lines))) >= MAX_BROKEN_LINES,
  };
}

/** One row for each line that was left out: its text where it is known. */
export function brokenLines(table: SourceTable): string[] {
  const json = table.sources.flatMap(({ format, files }) =>
    format === "JSONL"
      ? [
          `SELECT coalesce(CAST(json AS VARCHAR), '') AS line, 'DATASET_BROKEN_ROWS' AS reason FROM ${jsonLines(files)} WHERE ${NO_OBJECT}`,
        ]
      : [],
  );
  const csv = `SELECT csv_line AS line, CASE WHEN error_type = '${BAD_TEXT}' THEN 'ENUM_TYPE_INVALID_UTF8 ' || column_name ELSE 'DATASET_BROKEN_ROWS' END AS reason FROM (FROM ${brokenTable(table.name)} ORDER BY file_path, line)`;
  return hasCsv(table) ? [...json, csv] : json;
}

function faultsSql({ name }: SourceTable): string {
  const column = `CASE WHEN error_type = '${BAD_TEXT}' THEN column_name END`;
  return `SELECT error_type, ${column} AS name, count(*), min(line) FROM ${brokenTable(name)} GROUP BY ALL ORDER BY ALL`;
}

function hasCsv({ sources }: SourceTable): boolean {
  return sources.some(({ format }) => format === "CSV");
}

async function countBrokenJson(database: TabularDatabase, { sources }: SourceTable): Promise<number> {
  const counts = sources.flatMap(({ format, files }) =>
    format === "JSONL" ? [countOf(database, `SELECT count(*) FROM ${jsonLines(files)} WHERE ${NO_OBJECT}`)] : [],
  );
  return sum(await Promise.all(counts));
}
