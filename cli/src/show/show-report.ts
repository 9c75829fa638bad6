import type { CliContext } from "../cli-context.ts";
import { table, facts } from "../terminal/columns.ts";
import { bar, count, metric, time } from "../terminal/format.ts";
import type { Paint, Style } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { anomalyTable, driftTable, ruleTable } from "./report-parts.ts";
import { evaluationTable, metricRows } from "./evaluation-table.ts";
import { type ReportNode, readReport } from "./report-node.ts";
import { section } from "./section.ts";

type Slice = ReportNode["slices"][number];

const VERDICTS: Readonly<Record<string, Style>> = { PASS: "green", FAIL: "red", NOT_ENOUGH_DATA: "yellow" };
const BAR_CELLS = 20;

export async function showReport(
  { client, paint }: CliContext,
  id: string,
): Promise<{ lines: string[]; value: ReportNode }> {
  const report = await readReport(client, id);
  return { lines: reportLines(report, paint), value: report };
}

export function paintedVerdict(verdict: ReportNode["verdict"], paint: Paint): string | null {
  return verdict === null ? null : paint(VERDICTS[verdict] ?? "cyan", verdict);
}

/** "flights/arrival-delay@1 (model), flights/flights@4 (data)". */
export function aboutWords(about: ReportNode["about"]): string {
  const words = about.map(
    ({ role, node }) => `${"key" in node ? node.key : node.id}${role === null ? "" : ` (${role})`}`,
  );
  return clean(words.join(", "));
}

export function reportLines(report: ReportNode, paint: Paint): string[] {
  const head = facts(
    [
      ["report", report.reportType],
      ["id", report.id],
      ["verdict", paintedVerdict(report.verdict, paint)],
      ["about", aboutWords(report.about)],
      ["run", report.run.id],
      ["created", time(report.createdAt)],
    ],
    paint,
  );
  const metrics = table([{ title: "metric" }, { title: "value", align: "right" }], metricRows(report.metrics), paint);
  return [
    ...head,
    ...section("Rules of the gate", ruleTable(report.rules, paint)),
    ...section("Anomalies", anomalyTable(report.anomalies, paint)),
    ...section("Drift", driftTable(report.drift, paint)),
    ...section("Metrics", report.metrics.length === 0 ? [] : metrics),
    ...section("Against the baselines", evaluationTable(report.metrics, paint)),
    ...sliceSections(report.slices, paint),
  ];
}

/** Slices of the same columns stand in one table, with a bar for their first metric. */
function sliceSections(slices: readonly Slice[], paint: Paint): string[] {
  const groups = Map.groupBy(slices, ({ where }) => where.map(({ column }) => column).join(" × "));
  return [...groups].flatMap(([columns, same]) =>
    section(columns === "" ? "All rows" : `By ${clean(columns)}`, sliceTable(same, paint)),
  );
}

export function sliceTable(slices: readonly Slice[], paint: Paint): string[] {
  const names = [...new Set(slices.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];
  const largest = Math.max(...slices.map((slice) => Math.abs(valueOf(slice, names[0]))).filter(Number.isFinite));
  const rows = slices.map((slice) => [
    clean(slice.where.map(({ value }) => value).join(" × ")),
    count(slice.count),
    ...names.map((name) => cell(slice, name)),
    bar(Math.abs(valueOf(slice, names[0])) / Math.max(1, largest), BAR_CELLS),
  ]);
  const right = (title: string) => ({ title, align: "right" }) as const;
  return table(
    [{ title: "slice" }, right("rows"), ...names.map((name) => right(clean(name))), { title: "" }],
    rows,
    paint,
  );
}

function valueOf({ metrics }: Slice, name: string | undefined): number {
  return Number(metrics.find((one) => one.name === name)?.value ?? Number.NaN);
}

/** "0.71 [0.68, 0.74]": the value, and its interval where there is one. */
function cell(slice: Slice, name: string): string {
  const value = slice.metrics.find((one) => one.name === name)?.value;
  const interval = slice.intervals.find((one) => one.name === name);
  if (value === undefined) return "";
  return interval === undefined
    ? metric(value)
    : `${metric(value)} [${metric(interval.low)}, ${metric(interval.high)}]`;
}
