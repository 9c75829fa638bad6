import type { SchemaColumn } from "./data-schema.ts";

export type Severity = "WARNING" | "ERROR";

/** What is wrong with a single value; times are ISO 8601. `absent`: there is none. */
export type RowTest =
  | { is: "absent" }
  | { is: "below" | "above"; bound: number | string }
  | { is: "nan" | "infinite" }
  | { is: "none-of"; values: readonly (number | string)[] }
  | { is: "unlike"; pattern: string }
  | { is: "shorter" | "longer"; length: number };

/** A rule that each row keeps or breaks, whatever the others do. */
export interface RowRule {
  /** The anomaly that a row is which breaks it: a name of TFDV's anomalies.proto where it has one. */
  anomaly: string;
  severity: Severity;
  /** Of a value that breaks it: `is below 0`. */
  text: string;
  test: RowTest;
}

/** Rules on a column's values; that they are of its type comes before. Only the rule `absent` sees missing values. */
export function rowRulesOf(column: SchemaColumn, isExpected: boolean): RowRule[] {
  const severity: Severity = column.minDomainMass < 1 ? "WARNING" : "ERROR";
  const domain = domainRules(column).map((rule) => ({ severity, ...rule }));
  if (!isExpected || column.presence.minFraction < 1) return domain;
  return [
    { anomaly: "FEATURE_TYPE_LOW_FRACTION_PRESENT", severity: "ERROR", text: "is missing", test: { is: "absent" } },
    ...domain,
  ];
}

type DomainRule = Omit<RowRule, "severity">;

function domainRules(column: SchemaColumn): DomainRule[] {
  switch (column.type) {
    case "INT":
      return [
        ...rangeRules(column.domain, "INT_TYPE_SMALL_INT", "INT_TYPE_BIG_INT"),
        ...valueRules(column.domain?.values, "INT_TYPE_UNEXPECTED_VALUES"),
      ];
    case "FLOAT":
      return [
        ...rangeRules(column.domain, "FLOAT_TYPE_SMALL_FLOAT", "FLOAT_TYPE_BIG_FLOAT"),
        ...finiteRules(column.domain),
      ];
    case "STRING":
      return [...valueRules(column.domain?.values, "ENUM_TYPE_UNEXPECTED_STRING_VALUES"), ...textRules(column.domain)];
    case "DATE":
    case "TIMESTAMP":
      return rangeRules(column.domain, "TIME_TYPE_EARLY", "TIME_TYPE_LATE");
    default:
      return [];
  }
}

interface Range {
  min?: number | string | undefined;
  max?: number | string | undefined;
}

function rangeRules({ min, max }: Range = {}, small: string, big: string): DomainRule[] {
  const rules: DomainRule[] = [];
  if (min !== undefined) rules.push({ anomaly: small, text: `is below ${min}`, test: { is: "below", bound: min } });
  if (max !== undefined) rules.push({ anomaly: big, text: `is above ${max}`, test: { is: "above", bound: max } });
  return rules;
}

function valueRules(values: readonly (number | string)[] | undefined, anomaly: string): DomainRule[] {
  return values === undefined ? [] : [{ anomaly, text: "is not an allowed value", test: { is: "none-of", values } }];
}

function finiteRules(domain: { disallowNan: boolean; disallowInf: boolean } | undefined): DomainRule[] {
  const rules: DomainRule[] = [];
  if (domain?.disallowNan) rules.push({ anomaly: "FLOAT_TYPE_HAS_NAN", text: "is not a number", test: { is: "nan" } });
  if (domain?.disallowInf) rules.push({ anomaly: "FLOAT_TYPE_HAS_INF", text: "is infinite", test: { is: "infinite" } });
  return rules;
}

interface Texts {
  pattern?: string | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
}

function textRules({ pattern, minLength, maxLength }: Texts = {}): DomainRule[] {
  const rules: DomainRule[] = [];
  if (pattern !== undefined) {
    const text = `does not match ${pattern}`;
    rules.push({ anomaly: "STRING_TYPE_UNLIKE_PATTERN", text, test: { is: "unlike", pattern } });
  }
  if (minLength !== undefined) {
    const test = { is: "shorter", length: minLength } as const;
    rules.push({ anomaly: "STRING_TYPE_TOO_SHORT", text: `is shorter than ${minLength}`, test });
  }
  if (maxLength !== undefined) {
    const test = { is: "longer", length: maxLength } as const;
    rules.push({ anomaly: "STRING_TYPE_TOO_LONG", text: `is longer than ${maxLength}`, test });
  }
  return rules;
}
