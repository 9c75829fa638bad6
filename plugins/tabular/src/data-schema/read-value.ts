import type { ColumnKind, SchemaColumn } from "./data-schema.ts";
import { DATE, microsecondsOf, TIMESTAMP } from "./iso-times.ts";

/** A value of a column's type: times as microseconds since 1970. */
export type TypedValue = number | string | boolean;

/** What a JSON value is as a column's type: the value, or the anomaly that it is. */
export type Reading = { value: TypedValue } | { anomaly: string };

/** Outside this, an integer does not fit 64 bits. */
const INT64_END = 2 ** 63;

const READERS: Record<ColumnKind, (value: unknown, column: SchemaColumn) => Reading> = {
  INT: readInt,
  FLOAT: (value) => (typeof value === "number" ? { value } : { anomaly: "FLOAT_TYPE_NOT_FLOAT" }),
  STRING: readString,
  BOOL: readBool,
  DATE: (value) => readTime(value, DATE),
  TIMESTAMP: (value) => readTime(value, TIMESTAMP),
  ANY: () => ({ value: true }),
};

/** @param value neither null nor undefined */
export function readValue(column: SchemaColumn, value: unknown): Reading {
  return READERS[column.type](value, column);
}

/** JSON does not tell 3.0 from 3, so both are integers. */
function readInt(value: unknown): Reading {
  const fits = Number.isInteger(value) && (value as number) >= -INT64_END && (value as number) < INT64_END;
  return fits ? { value: value as number } : { anomaly: "INT_TYPE_INT_EXPECTED" };
}

function readString(value: unknown, column: SchemaColumn): Reading {
  if (typeof value === "string") return { value };
  if (typeof value !== "number") return { anomaly: "UNEXPECTED_DATA_TYPE" };
  return { anomaly: stringMisfit(column, Number.isInteger(value)) };
}

/** The anomaly that a number is where a string should stand. */
export function stringMisfit(column: SchemaColumn, isInteger: boolean): string {
  const isEnum = column.type === "STRING" && column.domain?.values !== undefined;
  if (isEnum) return isInteger ? "ENUM_TYPE_INT_NOT_STRING" : "ENUM_TYPE_FLOAT_NOT_STRING";
  return isInteger ? "STRING_TYPE_NOW_INT" : "STRING_TYPE_NOW_FLOAT";
}

/** True and false, or 1 and 0. */
function readBool(value: unknown): Reading {
  if (typeof value === "boolean") return { value };
  if (typeof value === "string") return { anomaly: "BOOL_TYPE_STRING_NOT_INT" };
  if (typeof value !== "number") return { anomaly: "UNEXPECTED_DATA_TYPE" };
  if (value === 0 || value === 1) return { value: value === 1 };
  if (!Number.isInteger(value)) return { anomaly: "BOOL_TYPE_UNEXPECTED_FLOAT" };
  return { anomaly: value > 1 ? "BOOL_TYPE_BIG_INT" : "BOOL_TYPE_SMALL_INT" };
}

function readTime(value: unknown, form: RegExp): Reading {
  const microseconds = typeof value === "string" ? microsecondsOf(value, form) : null;
  return microseconds === null ? { anomaly: "UNEXPECTED_DATA_TYPE" } : { value: microseconds };
}
