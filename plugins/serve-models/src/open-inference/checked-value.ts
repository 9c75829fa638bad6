import { type Datatype, isValueOf, type Value } from "@clew/plugin-models";
import { BadRequest } from "./bad-request.ts";

/** Refuses a value of a JSON tensor that its datatype does not have. */
export function checkedValue(value: unknown, datatype: Datatype, tensor: string): Value {
  if (value === null) return null;
  if (isValueOf(value, datatype)) return value;
  throw new BadRequest(`input ${tensor} is of ${datatype} and holds ${shown(value)}`);
}

function shown(value: unknown): string {
  // JSON.parse makes an infinite number of 1e999, and JSON.stringify makes null of that.
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
