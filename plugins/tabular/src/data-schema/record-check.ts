import type { Anomaly } from "@clew/plugin-sdk";
import { PluginFailure } from "@clew/plugin-sdk";
import { type DataSchema, environmentsOf, isExpectedIn, type SchemaColumn } from "./data-schema.ts";
import { wholeMatch } from "./pattern.ts";
import { microsecondsOf } from "./iso-times.ts";
import { readValue, type TypedValue } from "./read-value.ts";
import { type RowRule, type RowTest, rowRulesOf, type Severity } from "./row-rules.ts";

/**
 * What is wrong with a record, by the rules that a single row can break; an empty list where nothing is. A column that is null
 * and one that is not there are both missing.
 * @throws {PluginFailure} BAD_PARAMETERS where the schema names no such environment.
 */
export type RecordCheck = (record: Readonly<Record<string, unknown>>, environment?: string) => Anomaly[];

interface CompiledRule {
  rule: RowRule;
  isBroken: (value: TypedValue) => boolean;
}

interface CompiledColumn {
  column: SchemaColumn;
  missing: RowRule | undefined;
  rules: CompiledRule[];
}

/**
 * Compiled once, then fast: a request is checked against the schema that its model's data were checked against.
 * @param only the columns that are looked at, where a record is a part of what the schema describes; others may be there or not
 */
export function compileRecordCheck(schema: DataSchema, only?: ReadonlySet<string>): RecordCheck {
  const known = new Set(schema.columns.map(({ name }) => name));
  const unknownColumns = only === undefined ? schema.datasetConstraints.unknownColumns : "ALLOWED";
  const compiled = new Map<string | undefined, CompiledColumn[]>();
  for (const environment of [undefined, ...environmentsOf(schema)])
    compiled.set(environment, compile(schema, environment, only));
  return (record, environment) => {
    const columns = compiled.get(environment);
    if (columns === undefined)
      throw new PluginFailure("BAD_PARAMETERS", `the schema has no environment ${environment}`);
    const found: Anomaly[] = [];
    for (const column of columns) checkColumn(column, record[column.column.name], found);
    if (unknownColumns !== "ALLOWED") {
      for (const name of Object.keys(record)) if (!known.has(name)) found.push(newColumn(name, unknownColumns));
    }
    return found;
  };
}

/** The schema names no such column. */
export function newColumn(name: string, severity: Severity): Anomaly {
  return { ...anomaly(name, "SCHEMA_NEW_COLUMN", severity, "is not in the schema"), count: null };
}

function compile(
  schema: DataSchema,
  environment: string | undefined,
  only: ReadonlySet<string> | undefined,
): CompiledColumn[] {
  const columns = only === undefined ? schema.columns : schema.columns.filter(({ name }) => only.has(name));
  return columns.map((column) => {
    const rules = rowRulesOf(column, isExpectedIn(schema, column, environment));
    return {
      column,
      missing: rules.find(({ test }) => test.is === "absent"),
      rules: rules.flatMap((rule) => (rule.test.is === "absent" ? [] : [{ rule, isBroken: compileTest(rule.test) }])),
    };
  });
}

function checkColumn({ column, missing, rules }: CompiledColumn, value: unknown, found: Anomaly[]): void {
  if (value === null || value === undefined) {
    if (missing !== undefined) found.push(broken(column, missing));
    return;
  }
  const reading = readValue(column, value);
  if ("anomaly" in reading) {
    found.push(anomaly(column.name, reading.anomaly, "ERROR", `is no ${column.type}`));
    return;
  }
  for (const { rule, isBroken } of rules) if (isBroken(reading.value)) found.push(broken(column, rule));
}

function broken(column: SchemaColumn, { anomaly: type, severity, text }: RowRule): Anomaly {
  return anomaly(column.name, type, severity, text);
}

function anomaly(column: string, type: string, severity: Severity, text: string): Anomaly {
  return { type, column, severity, message: `${column} ${text}`.slice(0, 1000), count: 1 };
}

function compileTest(test: Exclude<RowTest, { is: "absent" }>): CompiledRule["isBroken"] {
  switch (test.is) {
    case "below":
      return compare(test.bound, (value, bound) => value < bound);
    case "above":
      return compare(test.bound, (value, bound) => value > bound);
    case "nan":
      return (value) => Number.isNaN(value);
    case "infinite":
      return (value) => value === Infinity || value === -Infinity;
    case "none-of": {
      const values = new Set<TypedValue>(test.values);
      return (value) => !values.has(value);
    }
    case "unlike": {
      const whole = wholeMatch(test.pattern);
      return (value) => !whole.test(value as string);
    }
    case "shorter":
      return (value) => codePoints(value as string) < test.length;
    default:
      return (value) => (value as string).length > test.length && codePoints(value as string) > test.length;
  }
}

function compare(
  bound: number | string,
  isOutside: (value: number, bound: number) => boolean,
): CompiledRule["isBroken"] {
  const limit = typeof bound === "number" ? bound : microsecondsOf(bound)!;
  return (value) => isOutside(value as number, limit);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
