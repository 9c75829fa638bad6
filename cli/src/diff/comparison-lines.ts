import type { Json } from "@clew/schema";
import { section } from "../show/section.ts";
import { type Column, table } from "../terminal/columns.ts";
import { metric, plural } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { type Compared, type ComparedMetric, differs, type RunComparison } from "./compare-runs.ts";

/** Two runs in columns; what differs is painted on the second's side. */
export function comparisonLines(compared: RunComparison, paint: Paint): string[] {
  const { runs, about, inputs, parameters, sameParameters, environment, metrics } = compared;
  const sides = (titles: readonly string[]): Column[] => [...titles, ...runs].map((title) => ({ title }));
  const same = sameParameters === 0 ? [] : [paint("dim", `${plural(sameParameters, "parameter")} the same`)];
  return [
    ...table(sides([""]), about.map(rowOf(paint)), paint),
    ...section("Inputs", listed(sides(["role"]), inputs.map(rowOf(paint)), paint)),
    ...section("Parameters", [...listed(sides(["name"]), parameters.map(rowOf(paint)), paint), ...same]),
    ...section("Environment that differs", listed(sides(["name"]), environment.map(rowOf(paint)), paint)),
    ...section("Metrics", metricLines(metrics, sides(["output", "metric"]), paint)),
  ];
}

function listed(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  return rows.length === 0 ? [] : table(columns, rows, paint);
}

const rowOf =
  (paint: Paint) =>
  (compared: Compared<Json>): string[] => {
    const [one, other] = compared.values.map(shown) as [string, string];
    return [clean(compared.name), one, differs(compared) ? paint("yellow", other) : other];
  };

function shown(value: Json): string {
  if (value === null) return "(none)";
  return clean(typeof value === "string" ? value : JSON.stringify(value));
}

function metricLines(
  metrics: readonly ComparedMetric[],
  [output, name, ...runs]: readonly Column[],
  paint: Paint,
): string[] {
  const rows = metrics.map(({ role, name: metricName, values, difference }) => [
    clean(role),
    clean(metricName),
    ...values.map((value) => (value === null ? "" : metric(value))),
    differenceWord(difference, paint),
  ]);
  const numbers = [...runs, { title: "difference" }].map(({ title }) => ({ title, align: "right" as const }));
  return listed([output!, name!, ...numbers], rows, paint);
}

function differenceWord(difference: number | null, paint: Paint): string {
  if (difference === null) return "";
  if (difference === 0) return paint("dim", "0");
  return paint("yellow", `${difference > 0 ? "+" : ""}${metric(difference)}`);
}
