import {
  type ColumnProfile,
  isExpectedIn,
  type DataSchema,
  quoteText,
  type RowTest,
  rowRulesOf,
  type SchemaColumn,
  type Severity,
} from "@clew/plugin-tabular";
import type { TypedTable } from "./typed-table.ts";
import { textOf } from "./cells.ts";

/** A rule on single rows as SQL over a typed table. */
export interface RowCheck {
  /** Index of its column in the schema. */
  column: number;
  anomaly: string;
  severity: Severity;
  text: string;
  is: RowTest["is"] | "misfit";
  /** True in a row that breaks it, never null. */
  sql: string;
}

/** All that a single row can break: types first, then presence and domains. */
export function rowChecksOf(typed: TypedTable, schema: DataSchema, environment: string | undefined): RowCheck[] {
  return typed.columns.flatMap((column, index) => {
    const rules = rowRulesOf(column, isExpectedIn(schema, column, environment));
    return [
      ...typed.misfits[index]!.map((anomaly) => misfitCheck(column, index, anomaly)),
      ...rules.map((rule): RowCheck => {
        const { anomaly, severity, text, test } = rule;
        return {
          column: index,
          anomaly,
          severity,
          text,
          is: test.is,
          sql: `coalesce(${testSql(column, index, test)}, false)`,
        };
      }),
    ];
  });
}

function misfitCheck(column: SchemaColumn, index: number, anomaly: string): RowCheck {
  const sql = `coalesce(t${index} = ${quoteText(anomaly)}, false)`;
  return { column: index, anomaly, severity: "ERROR", text: `is no ${column.type}`, is: "misfit", sql };
}

function testSql(column: SchemaColumn, index: number, test: RowTest): string {
  const value = `v${index}`;
  switch (test.is) {
    case "absent":
      return `${value} IS NULL AND t${index} IS NULL`;
    case "below":
      return `${value} < ${literal(column, test.bound)}`;
    case "above":
      // For DuckDB NaN is above everything.
      return `${value} > ${literal(column, test.bound)}${column.type === "FLOAT" ? ` AND NOT isnan(${value})` : ""}`;
    case "nan":
      return `isnan(${value})`;
    case "infinite":
      return `isinf(${value})`;
    case "none-of":
      return `${value} NOT IN (${test.values.map((one) => literal(column, one)).join(", ")})`;
    case "unlike":
      return `NOT regexp_full_match(${value}, ${quoteText(test.pattern)}, 's')`;
    case "shorter":
      return `length(${value}) < ${test.length}`;
    default:
      return `length(${value}) > ${test.length}`;
  }
}

function literal({ type }: SchemaColumn, value: number | string): string {
  if (typeof value === "number") return type === "FLOAT" ? `${value}::DOUBLE` : textOf(value);
  if (type === "DATE") return `DATE ${quoteText(value)}`;
  return type === "TIMESTAMP" ? `CAST(TIMESTAMPTZ ${quoteText(value)} AS TIMESTAMP)` : quoteText(value);
}

/** True in a row whose value in a column lies outside the domain, by whichever rule. */
export function outsideSql(checks: readonly RowCheck[], column: number): string {
  const own = checks.filter((check) => check.column === column && check.is !== "misfit" && check.is !== "absent");
  return own.length === 0 ? "false" : `(${own.map(({ sql }) => sql).join(" OR ")})`;
}

/**
 * The checks as they stand where too large a share of a column's values lies outside its domain: there each is an error.
 * @param outside rows whose value does, by column
 */
export function sharpened(
  checks: readonly RowCheck[],
  columns: readonly SchemaColumn[],
  { columns: found, outside }: { columns: readonly ColumnProfile[]; outside: readonly number[] },
): RowCheck[] {
  return checks.map((check) => {
    const { column } = check;
    const isBorne = 1 - outside[column]! / found[column]!.present >= columns[column]!.minDomainMass;
    return check.severity === "ERROR" || isBorne || outside[column] === 0 ? check : { ...check, severity: "ERROR" };
  });
}

/** True in a row that may not go on. */
export function badRowSql(checks: readonly RowCheck[]): string {
  const errors = checks.filter(({ severity }) => severity === "ERROR").map(({ sql }) => sql);
  return errors.length === 0 ? "false" : `(${errors.join(" OR ")})`;
}
