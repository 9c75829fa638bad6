import type { Anomaly } from "@clew/plugin-sdk";
import { type DataSchema, isExpectedIn, newColumn, type SchemaColumn } from "@clew/plugin-tabular";
import { anomaly } from "./anomaly.ts";
import type { Profiled } from "./profile-table.ts";
import type { RowCheck } from "./row-checks.ts";

export interface Judged {
  schema: DataSchema;
  environment: string | undefined;
  /** Names of the columns that are there. */
  present: readonly string[];
  checks: readonly RowCheck[];
  profiled: Profiled;
  /** By index of the column, where the schema bounds them. */
  distinct: ReadonlyMap<number, number>;
  /** By index of the check: a value that breaks it. */
  examples: ReadonlyMap<number, string>;
}

/** Everything that the schema says of columns. */
export function judgeColumns(judged: Judged): Anomaly[] {
  const { schema, present, profiled } = judged;
  const unknown = present.filter((name) => !schema.columns.some((column) => column.name === name));
  const { unknownColumns } = schema.datasetConstraints;
  const own = schema.columns.flatMap((column, index) => [
    ...(profiled.rows === 0 || present.includes(column.name) ? presenceAnomalies(judged, column, index) : []),
    ...missingAnomalies(judged, column),
    ...ruleAnomalies(judged, column, index),
    ...uniqueAnomalies(judged, column, index),
  ]);
  return unknownColumns === "ALLOWED" ? own : [...own, ...unknown.map((name) => newColumn(name, unknownColumns))];
}

function isWanted({ schema, environment }: Judged, column: SchemaColumn): boolean {
  const { minFraction, minCount } = column.presence;
  return isExpectedIn(schema, column, environment) && (minFraction > 0 || minCount > 0);
}

function missingAnomalies(judged: Judged, column: SchemaColumn): Anomaly[] {
  if (judged.present.includes(column.name) || !isWanted(judged, column)) return [];
  return [anomaly("ERROR", "SCHEMA_MISSING_COLUMN", column.name, `${column.name} is missing`)];
}

function presenceAnomalies(judged: Judged, column: SchemaColumn, index: number): Anomaly[] {
  const { rows, columns } = judged.profiled;
  if (rows === 0 || !isWanted(judged, column)) return [];
  const { name, presence } = column;
  const { present } = columns[index]!;
  if (present === 0)
    return [anomaly("ERROR", "FEATURE_TYPE_NOT_PRESENT", name, `${name} has no value in any row`, rows)];
  const found: Anomaly[] = [];
  if (present < presence.minCount) {
    found.push(
      anomaly(
        "ERROR",
        "FEATURE_TYPE_LOW_NUMBER_PRESENT",
        name,
        `${name} has ${present} values, at least ${presence.minCount} are wanted`,
      ),
    );
  }
  if (present < presence.minFraction * rows) {
    const text = `${name} is missing in ${rows - present} of ${rows} rows, a share of ${presence.minFraction} must have it`;
    found.push(anomaly("ERROR", "FEATURE_TYPE_LOW_FRACTION_PRESENT", name, text, rows - present));
  }
  return found;
}

/** Values of another type, and values outside the domain. */
function ruleAnomalies({ checks, profiled, examples }: Judged, column: SchemaColumn, index: number): Anomaly[] {
  return checks.flatMap((check, at) => {
    const count = profiled.broken[at]!;
    if (check.column !== index || check.is === "absent" || count === 0) return [];
    const example = examples.get(at);
    const text = `${column.name} ${check.text} (rows: ${count}${example === undefined ? "" : `; such as ${JSON.stringify(example)}`})`;
    return [anomaly(check.severity, check.anomaly, column.name, text, count)];
  });
}

function uniqueAnomalies({ profiled, distinct }: Judged, column: SchemaColumn, index: number): Anomaly[] {
  const found = distinct.get(index);
  const { name, uniqueConstraints: { min = 0, max = Infinity, minFraction = 0, maxFraction = 1 } = {} } = column;
  const { present, misfits } = profiled.columns[index]!;
  const values = present - misfits;
  if (found === undefined || values === 0) return [];
  const text = `${name} has ${found} distinct values in ${values}`;
  if (found < min || found < minFraction * values)
    return [anomaly("ERROR", "FEATURE_TYPE_LOW_UNIQUE", name, text, values - found)];
  return found > max || found > maxFraction * values ? [anomaly("ERROR", "FEATURE_TYPE_HIGH_UNIQUE", name, text)] : [];
}
