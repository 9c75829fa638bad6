import { table } from "../terminal/columns.ts";
import { count, metric } from "../terminal/format.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import type { ReportNode } from "./report-node.ts";

type Anomaly = Pick<ReportNode["anomalies"][number], "severity" | "column" | "type" | "count" | "message">;
type Measured = number | string | null;

const SEVERITIES: Readonly<Record<string, Style>> = { ERROR: "red", WARNING: "yellow" };
const OUTCOMES: Readonly<Record<string, Style>> = {
  PASS: "green",
  FAIL: "red",
  NO_DRIFT: "green",
  DRIFT: "red",
  NOT_ENOUGH_DATA: "yellow",
};

const right = (title: string) => ({ title, align: "right" }) as const;

/** What a data validation objected to. Empty when to nothing. */
export function anomalyTable(anomalies: readonly Anomaly[], paint: Paint): string[] {
  const rows = anomalies.map(({ severity, column, type, count: rowCount, message }) => [
    painted(SEVERITIES, severity, paint),
    clean(column ?? "(dataset)"),
    type,
    rowCount === null ? "" : count(rowCount),
    clean(message),
  ]);
  const titles = [{ title: "severity" }, { title: "column" }, { title: "type" }, right("rows"), { title: "what" }];
  return rows.length === 0 ? [] : table(titles, rows, paint);
}

/** How far each feature has moved. */
export function driftTable(drift: ReportNode["drift"], paint: Paint): string[] {
  const rows = drift.map((one) => [
    painted(OUTCOMES, one.outcome, paint),
    clean(one.feature),
    whereWords(one.where),
    one.method,
    number(one.value),
    number(one.adjustedPValue ?? one.pValue),
    number(one.importance),
    `${count(one.referenceCount)} / ${count(one.currentCount)}`,
  ]);
  const columns = ["outcome", "feature", "where", "method"].map((title) => ({ title }));
  const numbers = ["value", "p", "importance", "rows before / now"].map(right);
  return rows.length === 0 ? [] : table([...columns, ...numbers], rows, paint);
}

/** What each rule of a gate asked for, and what it came to. */
export function ruleTable(rules: ReportNode["rules"], paint: Paint): string[] {
  const rows = rules.map((one) => [
    painted(OUTCOMES, one.outcome, paint),
    clean(one.rule),
    whereWords(one.where),
    one.low === null || one.high === null
      ? number(one.value)
      : `${number(one.value)} [${number(one.low)}, ${number(one.high)}]`,
    one.count === null ? "" : count(one.count),
    number(one.bound),
    number(one.adjustedPValue ?? one.pValue),
    clean(one.message),
  ]);
  const columns = [{ title: "outcome" }, { title: "rule" }, { title: "where" }];
  const numbers = ["value", "rows", "bound", "p"].map(right);
  return rows.length === 0 ? [] : table([...columns, ...numbers, { title: "what" }], rows, paint);
}

/** Only whether each rule was kept, in words. */
export function outcomeTable(rules: readonly { outcome: string; message: string }[], paint: Paint): string[] {
  const rows = rules.map(({ outcome, message }) => [painted(OUTCOMES, outcome, paint), clean(message)]);
  return rows.length === 0 ? [] : table([{ title: "outcome" }, { title: "what" }], rows, paint);
}

function painted(styles: Readonly<Record<string, Style>>, word: string, paint: Paint): string {
  return paint(styles[word] ?? "cyan", word);
}

function whereWords(where: readonly { column: string; value: string }[]): string {
  return clean(where.map(({ column, value }) => `${column}=${value}`).join(", "));
}

function number(value: Measured): string {
  return value === null ? "" : metric(value);
}
