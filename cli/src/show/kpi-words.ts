import { metric } from "../terminal/format.ts";
import { clean } from "../terminal/text.ts";

interface Kpi {
  readonly unit: string | null;
  readonly direction: string;
  readonly target: number;
}

/** "at least 0.9 %". */
export function kpiWords({ unit, direction, target }: Kpi): string {
  return `${direction === "HIGHER" ? "at least" : "at most"} ${metric(target)}${unit === null ? "" : ` ${clean(unit)}`}`;
}
