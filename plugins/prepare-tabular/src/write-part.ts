import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ColumnLineage } from "@clew/plugin-sdk";
import { columnStatistics, countOf, type FeatureDefinition, quoteName, saveDefinition } from "@clew/plugin-tabular";
import { valueOf } from "./check-answer.ts";
import type { PreparationJob } from "./job-types.ts";
import { parquetOf, writeParquet } from "./rows-file.ts";
import { type Answer, type Part, refuseEmpty } from "./parts.ts";

const FILE = "rows.parquet";

/**
 * Writes a part's rows, sorted by all columns, the first column first, so that the same rows are the same bytes; and states it.
 * @returns how many rows it has
 */
export async function writePart(
  job: PreparationJob,
  { database, from, columns }: Answer,
  part: Part,
  { definition, lineage }: { definition: FeatureDefinition; lineage: ColumnLineage[] },
): Promise<number> {
  const dir = join(job.outputDir, part.role);
  await mkdir(dir);
  const file = join(dir, FILE);
  const values = columns.map((column) => `${valueOf(column)} AS ${quoteName(column.name)}`).join(", ");
  await writeParquet(database, `SELECT ${values} FROM (FROM ${from} ${part.condition}) ORDER BY ALL`, file);
  const rows = await countOf(database, `SELECT count(*) FROM ${parquetOf(file)}`);
  refuseEmpty(part, rows);
  await saveDefinition(dir, definition);
  job.output(part.role, {
    dir: part.role,
    schema: columns.map(({ name, type }) => ({ name, type: type.slice(0, 100), nullable: true })),
    rows,
    statistics: await columnStatistics(database, parquetOf(file)),
    columnLineage: lineage,
  });
  return rows;
}
