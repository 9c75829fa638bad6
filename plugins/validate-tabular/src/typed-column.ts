import { isWholeType, quoteText, type SchemaColumn, stringMisfit } from "@clew/plugin-tabular";

/** A column of one source as SQL: its value as its type (null where it is not of it) and which anomaly it is instead. */
export interface TypedColumn {
  value: string;
  /** The first that holds names the anomaly; none holds of a missing value. */
  misfits: readonly Misfit[];
}
interface Misfit {
  when: string;
  anomaly: string;
}

const FRACTIONAL = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const TEXT = /^(VARCHAR|UUID|ENUM\(.*\))$/;
const TIME = /^TIMESTAMP/;
const ISO_DATE = "\\d{4}-\\d\\d-\\d\\d";
const ISO_TIME = `${ISO_DATE}([T ]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-](0\\d|1[0-4]):[0-5]\\d)?)?`;

const SQL_TYPES: Record<SchemaColumn["type"], string> = {
  INT: "BIGINT",
  FLOAT: "DOUBLE",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
  ANY: "BOOLEAN",
};

/** Of a source that lacks the column. */
export function missingColumn({ type }: SchemaColumn): TypedColumn {
  return { value: `NULL::${SQL_TYPES[type]}`, misfits: [] };
}

/** @param raw SQL of the value as it stands; @param rawType as DuckDB names it */
export function typedColumn(
  column: SchemaColumn,
  format: "PARQUET" | "CSV" | "JSONL",
  raw: string,
  rawType: string,
): TypedColumn {
  if (column.type === "ANY") return { value: `CASE WHEN ${raw} IS NOT NULL THEN true END`, misfits: [] };
  if (format === "CSV") return fromText(column, raw);
  return format === "JSONL" ? fromJson(column, raw) : fromTyped(column, raw, rawType);
}

/** Of a type with a value as `value` has it where no misfit holds. */
function unless(misfits: Misfit[], value: string): TypedColumn {
  if (misfits.length === 0) return { value, misfits };
  return { value: `CASE WHEN ${misfits.map(({ when }) => when).join(" OR ")} THEN NULL ELSE ${value} END`, misfits };
}

/** Text that a CSV holds for a value. */
function fromText(column: SchemaColumn, raw: string): TypedColumn {
  const bad = (when: string, anomaly: string, value: string) =>
    unless([{ when: `(${raw} IS NOT NULL AND ${when})`, anomaly }], value);
  const cast = (type: string) => `TRY_CAST(${raw} AS ${type})`;
  switch (column.type) {
    case "INT":
      // A cast rounds 1.5 to 2, and takes 0x10 and 1_000.
      return bad(
        `(${cast("BIGINT")} IS NULL OR ${cast("DOUBLE")} IS DISTINCT FROM ${cast("BIGINT")}::DOUBLE)`,
        "INT_TYPE_NOT_INT_STRING",
        cast("BIGINT"),
      );
    case "FLOAT":
      return bad(`${cast("DOUBLE")} IS NULL`, "FLOAT_TYPE_STRING_NOT_FLOAT", cast("DOUBLE"));
    case "BOOL":
      return bad(
        `lower(${raw}) NOT IN ('true', 'false', '1', '0')`,
        "BOOL_TYPE_UNEXPECTED_STRING",
        `lower(${raw}) IN ('true', '1')`,
      );
    case "DATE":
      return bad(
        `(${cast("DATE")} IS NULL OR length(${raw}) > 10 OR NOT isfinite(${cast("DATE")}))`,
        "UNEXPECTED_DATA_TYPE",
        cast("DATE"),
      );
    case "TIMESTAMP": {
      const zoned = cast("TIMESTAMPTZ");
      return bad(`(${zoned} IS NULL OR NOT isfinite(${zoned}))`, "UNEXPECTED_DATA_TYPE", `CAST(${zoned} AS TIMESTAMP)`);
    }
    default:
      return { value: raw, misfits: [] };
  }
}

/** As a record of a request is read: `readValue` in JavaScript decides the same. */
function fromJson(column: SchemaColumn, raw: string): TypedColumn {
  const number = `TRY_CAST(${raw} AS DOUBLE)`;
  const isNumber = `json_type(${raw}) IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')`;
  const isText = `json_type(${raw}) = 'VARCHAR'`;
  const isInteger = `(isfinite(${number}) AND ${number} = trunc(${number}))`;
  const text = `(${raw}->>'$')`;
  const other = (what: string, anomaly: string): Misfit => ({
    when: `(${raw} IS NOT NULL AND NOT (${what}))`,
    anomaly,
  });
  switch (column.type) {
    case "INT": {
      const fits = `${isNumber} AND ${isInteger} AND ${number} >= -9223372036854775808 AND ${number} < 9223372036854775808`;
      // Beyond 2^53 a DOUBLE is another number.
      return unless(
        [other(fits, "INT_TYPE_INT_EXPECTED")],
        `coalesce(TRY_CAST(${raw} AS BIGINT), TRY_CAST(${number} AS BIGINT))`,
      );
    }
    case "FLOAT":
      return unless([other(isNumber, "FLOAT_TYPE_NOT_FLOAT")], number);
    case "STRING":
      return unless([...numberMisfits(column, isNumber, isInteger), other(isText, "UNEXPECTED_DATA_TYPE")], text);
    case "BOOL": {
      const isBool = `json_type(${raw}) = 'BOOLEAN'`;
      const misfits = [
        { when: `(${isText})`, anomaly: "BOOL_TYPE_STRING_NOT_INT" },
        ...boolMisfits(isNumber, isInteger, number),
        other(`${isBool} OR ${isNumber}`, "UNEXPECTED_DATA_TYPE"),
      ];
      return unless(misfits, `CASE WHEN ${isBool} THEN TRY_CAST(${raw} AS BOOLEAN) ELSE ${number} = 1 END`);
    }
    case "DATE":
      return timeFrom(other, isText, text, ISO_DATE, "DATE");
    default:
      return timeFrom(other, isText, text, ISO_TIME, "TIMESTAMPTZ");
  }
}

function timeFrom(
  other: (what: string, anomaly: string) => Misfit,
  isText: string,
  text: string,
  form: string,
  type: string,
): TypedColumn {
  const time = `TRY_CAST(${text} AS ${type})`;
  const fits = `${isText} AND regexp_full_match(${text}, ${quoteText(form)}) AND ${time} IS NOT NULL`;
  return unless([other(fits, "UNEXPECTED_DATA_TYPE")], type === "DATE" ? time : `CAST(${time} AS TIMESTAMP)`);
}

function numberMisfits(column: SchemaColumn, isNumber: string, isInteger: string): Misfit[] {
  return [true, false].map((integer) => ({
    when: `(${isNumber} AND ${integer ? "" : "NOT "}${isInteger})`,
    anomaly: stringMisfit(column, integer),
  }));
}

function boolMisfits(isNumber: string, isInteger: string, number: string): Misfit[] {
  return [
    { when: `(${isNumber} AND NOT ${isInteger})`, anomaly: "BOOL_TYPE_UNEXPECTED_FLOAT" },
    { when: `(${isNumber} AND ${number} > 1)`, anomaly: "BOOL_TYPE_BIG_INT" },
    { when: `(${isNumber} AND ${number} < 0)`, anomaly: "BOOL_TYPE_SMALL_INT" },
  ];
}

/** Parquet says what its values are; that a value is whole counts, not how it is stored. */
function fromTyped(column: SchemaColumn, raw: string, rawType: string): TypedColumn {
  const all = (anomaly: string): TypedColumn => ({
    ...missingColumn(column),
    misfits: [{ when: `(${raw} IS NOT NULL)`, anomaly }],
  });
  const isNumeric = isWholeType(rawType) || FRACTIONAL.test(rawType);
  const number = `CAST(${raw} AS DOUBLE)`;
  const isInteger = `(isfinite(${number}) AND ${number} = trunc(${number}))`;
  switch (column.type) {
    case "INT":
      if (isWholeType(rawType)) return { value: raw, misfits: [] };
      if (!FRACTIONAL.test(rawType)) return all("INT_TYPE_INT_EXPECTED");
      return unless([{ when: `(${raw} IS NOT NULL AND NOT ${isInteger})`, anomaly: "INT_TYPE_INT_EXPECTED" }], number);
    case "FLOAT":
      return isNumeric ? { value: number, misfits: [] } : all("FLOAT_TYPE_NOT_FLOAT");
    case "STRING":
      if (TEXT.test(rawType)) return { value: `CAST(${raw} AS VARCHAR)`, misfits: [] };
      return all(isNumeric ? stringMisfit(column, isWholeType(rawType)) : "UNEXPECTED_DATA_TYPE");
    case "BOOL":
      if (rawType === "BOOLEAN") return { value: raw, misfits: [] };
      if (TEXT.test(rawType)) return all("BOOL_TYPE_STRING_NOT_INT");
      if (!isNumeric) return all("UNEXPECTED_DATA_TYPE");
      return unless(boolMisfits(`${raw} IS NOT NULL`, isInteger, number), `${number} = 1`);
    case "DATE":
      return rawType === "DATE" ? { value: raw, misfits: [] } : all("UNEXPECTED_DATA_TYPE");
    default:
      if (!TIME.test(rawType) && rawType !== "DATE") return all("UNEXPECTED_DATA_TYPE");
      return { value: `CAST(${raw} AS TIMESTAMP)`, misfits: [] };
  }
}

/** What a column of Parquet is, by its type in the file. */
export function kindOf(rawType: string): SchemaColumn["type"] {
  if (isWholeType(rawType)) return "INT";
  if (FRACTIONAL.test(rawType)) return "FLOAT";
  if (TEXT.test(rawType)) return "STRING";
  if (rawType === "BOOLEAN") return "BOOL";
  if (rawType === "DATE") return "DATE";
  return TIME.test(rawType) ? "TIMESTAMP" : "ANY";
}
