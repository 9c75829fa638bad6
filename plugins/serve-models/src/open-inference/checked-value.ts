import { BITS, type Datatype, type Value } from "@clew/plugin-models";
import { BadRequest } from "./bad-request.ts";

/** Refuses a value of a JSON tensor that its datatype does not have. */
export function checkedValue(value: unknown, datatype: Datatype, tensor: string): Value {
  if (value === null) return null;
  if (isOf(value, datatype)) return value;
  throw new BadRequest(`input ${tensor} is of ${datatype} and holds ${shown(value)}`);
}

function isOf(value: unknown, datatype: Datatype): value is Value {
  if (datatype === "BYTES") return typeof value === "string";
  if (datatype === "BOOL") return typeof value === "boolean";
  if (typeof value !== "number") return false;
  if (datatype === "FP32" || datatype === "FP64") return Number.isFinite(value);
  // JSON has rounded what is beyond; binary tensor data has not.
  if (!Number.isSafeInteger(value)) return false;
  const bits = BITS[datatype];
  const isSigned = datatype.startsWith("I");
  const least = isSigned ? -(2 ** (bits - 1)) : 0;
  return value >= least && value < 2 ** (isSigned ? bits - 1 : bits);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
