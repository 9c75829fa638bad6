import { isDeepStrictEqual } from "node:util";
import type { RecordTable } from "../ports/records.ts";

/** Where the tables do not say what the ledger says. */
export interface RecordFault {
  readonly table: RecordTable;
  /** The node whose row it is; null where the rows only are too many, or an entry cannot be projected. */
  readonly id: string | null;
  /** The field that differs, `attributes.metrics.0.value`; null for a row that is missing or too many. */
  readonly field: string | null;
  /** The entry that tells of it; null where none does. */
  readonly seq: number | null;
  /** In words: what the ledger says, and what the row. */
  readonly reason: string;
}

/** What is wrong with one row: the field, null for the row itself, and why. */
export type RowFault = Pick<RecordFault, "field" | "reason">;

const SHOWN = 200;

/** The first field of a row that is not as the ledger has it; members of JSON are compared whatever their order. */
export function firstDifference(told: object, found: object): RowFault | null {
  for (const [field, value] of Object.entries(told)) {
    const stands = (found as Record<string, unknown>)[field];
    if (value === stands) continue;
    const fault =
      field === "attributes" ? attributesFault(String(value), String(stands)) : differs(field, value, stands);
    if (fault !== null) return fault;
  }
  return null;
}

function attributesFault(told: string, stands: string): RowFault | null {
  const parsed = parsedJson(stands);
  if (parsed === undefined) return { field: "attributes", reason: `it is no JSON: ${shown(stands)}` };
  return differenceIn("attributes", JSON.parse(told), parsed);
}

function differenceIn(path: string, told: unknown, stands: unknown): RowFault | null {
  if (isDeepStrictEqual(told, stands)) return null;
  if (!isHolder(told) || !isHolder(stands) || Array.isArray(told) !== Array.isArray(stands))
    return differs(path, told, stands);
  for (const member of new Set([...Object.keys(told), ...Object.keys(stands)])) {
    const fault = differenceIn(`${path}.${member}`, told[member], stands[member]);
    if (fault !== null) return fault;
  }
  return differs(path, told, stands);
}

function differs(field: string, told: unknown, stands: unknown): RowFault {
  return { field, reason: `the ledger says ${shown(told)}, the row ${shown(stands)}` };
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
