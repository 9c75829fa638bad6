import { PluginFailure } from "@clew/plugin-sdk";
import { type ColumnType, countOf, MAIN_VIEW, quoteName, readRows, type TabularDatabase } from "@clew/plugin-tabular";
import type { Deduplicate } from "./parameters.ts";
import { parquetOf, requireColumns, requireKeys, writeParquet } from "./rows-file.ts";

/**
 * Puts the rows that are kept in the place of the view `data`. Which one is kept does not depend on the order of rows: where the order that is
 * asked for does not tell two apart, their other columns do.
 * @param file absolute path of the file that the kept rows go to
 * @returns how many rows were left out
 * @throws {PluginFailure} BAD_PARAMETERS where the data lack a column, BAD_INPUT where rows have no key.
 */
export async function deduplicate(database: TabularDatabase, asked: Deduplicate, file: string): Promise<number> {
  const columns = await database.columnsOf(MAIN_VIEW);
  const { by = [], orderBy } = asked;
  requireColumns("deduplicate.by", by, columns);
  const order = orderBy.map(({ column }) => column);
  requireColumns("deduplicate.orderBy", order, columns);
  if (by.length === 0 && order.length > 0)
    throw new PluginFailure(
      "BAD_PARAMETERS",
      "deduplicate.orderBy: rows that are alike have no order; name columns in by",
    );
  await requireKeys(database, MAIN_VIEW, "deduplicate.by", by);
  const before = await countOf(database, `SELECT count(*) FROM ${MAIN_VIEW}`);
  await writeParquet(
    database,
    by.length === 0 ? `SELECT DISTINCT * FROM ${MAIN_VIEW}` : firstOfEach(asked, columns),
    file,
  );
  await readRows(database, `CREATE OR REPLACE VIEW ${MAIN_VIEW} AS FROM ${parquetOf(file)}`);
  return before - (await countOf(database, `SELECT count(*) FROM ${MAIN_VIEW}`));
}

function firstOfEach({ by = [], orderBy }: Deduplicate, columns: readonly ColumnType[]): string {
  const asked = orderBy.map(
    ({ column, descending }) => `${quoteName(column)} ${descending ? "DESC" : "ASC"} NULLS LAST`,
  );
  const order = [...asked, ...columns.map(({ name }) => quoteName(name))].join(", ");
  const key = by.map(quoteName).join(", ");
  return `FROM ${MAIN_VIEW} QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${order}) = 1`;
}
