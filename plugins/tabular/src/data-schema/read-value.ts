import type { ColumnKind, SchemaColumn } from "./data-schema.ts";

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

/** What a date in JSON looks like: the date of ISO 8601. */
export const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
/** RFC 3339 as far as microseconds, or a date; without an offset it is UTC. */
export const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))?)?$/;

function readTime(value: unknown, form: RegExp): Reading {
  const microseconds = typeof value === "string" ? microsecondsOf(value, form) : null;
  return microseconds === null ? { anomaly: "UNEXPECTED_DATA_TYPE" } : { value: microseconds };
}

/** Since 1970; null where the text has another form or names a day that there is not. */
export function microsecondsOf(text: string, form: RegExp = TIMESTAMP): number | null {
  const parts = form.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const date = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year!, month! - 1, day);
  if (year === 0 || date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() * 1000 + Number((parts[7] ?? "").padEnd(6, "0")) - offsetOf(parts);
}

function offsetOf(parts: readonly string[]): number {
  const minutes = Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0);
  return (parts[8] === "-" ? -1 : 1) * minutes * 60_000_000;
}
