import { PluginFailure } from "@clew/plugin-sdk";
import { type ColumnType, quoteName, readRows } from "@clew/plugin-tabular";
import type { PreparationJob } from "./job-types.ts";
import type { Answer } from "./parts.ts";

/** Types that hold values which are none: NaN, and infinite numbers and times. */
const MAY_BE_INFINITE = /^(FLOAT|DOUBLE|DATE|TIMESTAMP.*)$/;

/** A column's values; those that are no number or no time are missing, as the trainers take them. */
export function valueOf({ name, type }: ColumnType): string {
  const column = quoteName(name);
  return MAY_BE_INFINITE.test(type) ? `CASE WHEN isfinite(${column}) THEN ${column} END` : column;
}

/**
 * Counts the rows, and refuses what nothing can be learnt from.
 * @throws {PluginFailure} BAD_INPUT where there is no row, a column has no value, or the target is missing somewhere.
 */
export async function checkAnswer(job: PreparationJob, answer: Omit<Answer, "rows">): Promise<number> {
  const { columns, database, from } = answer;
  const counts = columns.flatMap((column) => [`count(${valueOf(column)})`, `count(${quoteName(column.name)})`]);
  const [row = []] = await readRows(database, `SELECT ${["count(*)", ...counts].join(", ")} FROM ${from}`);
  const [rows = 0, ...found] = row.map(Number);
  if (rows === 0) throw new PluginFailure("BAD_INPUT", "the query's answer has no rows");
  for (const [index, { name }] of columns.entries()) {
    const [values, present] = [found[index * 2]!, found[index * 2 + 1]!];
    if (values < present)
      job.log.warn(`column ${name}: ${present - values} values are NaN or infinite, and become missing`);
    if (name === job.parameters.target && values < rows)
      throw new PluginFailure(
        "BAD_INPUT",
        `target ${name} is null in ${rows - values} rows: leave them out in the sql`,
      );
    if (values === 0)
      throw new PluginFailure("BAD_INPUT", `column ${name} has no value in any row: leave it out in the sql`);
  }
  return rows;
}
