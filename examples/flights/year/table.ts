import { count, type Paint, table } from "@clew/cli";
import type { Kpi } from "./kpi.ts";

/** A month, as the people who warn passengers look at it. */
export interface MonthLine {
  readonly month: string;
  /** Who answered when it began. */
  readonly champion: string;
  readonly own: Kpi;
  /** What the process before would have come to. */
  readonly before: Kpi;
  /** Causes of the alerts that were open when it ended. */
  readonly alerts: readonly string[];
}

export function tableLines(lines: readonly MonthLine[], paint: Paint): string[] {
  const right = { align: "right" as const };
  const columns = [
    { title: "month" },
    { title: "champion" },
    { title: "flights", ...right },
    { title: "spared minutes", ...right },
    { title: "before", ...right },
    { title: "false warnings", ...right },
    { title: "before", ...right },
    { title: "open alerts" },
  ];
  const rows = lines.map(({ month, champion, own, before, alerts }) => [
    month,
    champion,
    count(own.flights),
    count(own.sparedMinutes),
    count(before.sparedMinutes),
    count(own.falseWarnings),
    count(before.falseWarnings),
    alerts.join(", "),
  ]);
  return table(columns, rows, paint);
}
