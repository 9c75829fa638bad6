import { BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { Batch, TensorSpec, Value } from "@clew/plugin-models";
import type { TabularDatabase } from "@clew/plugin-tabular";

/** The table that a piece's rows are joined with: `row` from 0, `why` a row was not scored, and the outputs `p0`, `p1`, … */
export const ANSWERS = "answers";

/** Fills it anew. @param answered of the rows that have no `why`, in their order */
export async function putAnswers(
  { connection }: TabularDatabase,
  outputs: readonly TensorSpec[],
  why: readonly (string | null)[],
  answered: readonly Batch[],
): Promise<void> {
  const columns = outputs.map((spec, at) => `p${at} ${String(typeOf(spec))}`);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${ANSWERS} (${['"row" BIGINT', "why VARCHAR", ...columns].join(", ")})`,
  );
  const appender = await connection.createAppender(ANSWERS, "main", "temp");
  const answers = rowsOf(answered, outputs);
  for (const [row, reason] of why.entries()) {
    appender.appendBigInt(BigInt(row));
    if (reason === null) appender.appendNull();
    else appender.appendVarchar(reason);
    const values = reason === null ? (answers.next().value ?? []) : [];
    for (const [at, spec] of outputs.entries()) appender.appendValue(values[at] ?? null, typeOf(spec));
    appender.endRow();
  }
  appender.closeSync();
}

function* rowsOf(answered: readonly Batch[], outputs: readonly TensorSpec[]): Generator<DuckDBValue[], undefined> {
  for (const { rows, tensors } of answered) {
    for (let row = 0; row < rows; row++) yield outputs.map((spec) => cellOf(tensors.get(spec.name)!, spec, row));
  }
}

function cellOf(values: readonly Value[], { width }: TensorSpec, row: number): DuckDBValue {
  return width === 1 ? values[row]! : listValue(values.slice(row * width, (row + 1) * width));
}

/** As JavaScript has the values; they become the outputs' own types when they are written. */
function typeOf({ datatype, width }: TensorSpec): DuckDBType {
  const element = datatype === "BYTES" ? VARCHAR : datatype === "BOOL" ? BOOLEAN : DOUBLE;
  return width === 1 ? element : LIST(element);
}
