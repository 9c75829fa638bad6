import type { Records } from "../ports/records.ts";
import type { ValueRow } from "../ports/value-row.ts";
import type { RecordFault } from "./record-difference.ts";

/** The first value of nodes made that has no row: it was taken away, or changed. A changed one is a row too many as well. */
export async function missingValue(told: readonly ValueRow[], records: Records): Promise<RecordFault | null> {
  if (told.length === 0) return null;
  const found = await records.values(told);
  const missing = told.find((_, index) => !found.has(index));
  if (missing === undefined) return null;
  const { nodeId: id, name: field, seq, number, text } = missing;
  const said = JSON.stringify(number === null ? text : number);
  return { table: "value", id, field, seq, reason: `the ledger says ${said}, no row does` };
}
