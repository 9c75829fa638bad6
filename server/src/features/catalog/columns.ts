import { type Column, Columns, type ColumnStatistics, StatisticsOfColumns } from "@clew/schema";
import type { z } from "zod";
import { eachOnce } from "../../core/first-repeated.ts";

/** The columns that a version is told with. */
export const UniqueColumns = Columns.superRefine(eachOnce("name", "two columns have the same name"));
export const UniqueStatistics = StatisticsOfColumns.superRefine(eachOnce("column", "a column has two statistics"));

interface Described {
  readonly schema: readonly Column[];
  readonly statistics: readonly ColumnStatistics[];
}

/** A refinement of what has both: statistics are of columns that the schema has. */
export function statisticsOfColumns({ schema, statistics }: Described, context: z.RefinementCtx): void {
  const known = new Set(schema.map(({ name }) => name));
  const unknown = statistics.findIndex(({ column }) => !known.has(column));
  if (unknown < 0) return;
  const message = `the schema has no column ${statistics[unknown]!.column}`;
  context.addIssue({ code: "custom", path: ["statistics", unknown, "column"], message });
}
