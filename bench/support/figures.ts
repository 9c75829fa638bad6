import { round } from "./load.ts";

/** One measured number, what bounds it on the same machine in the same run, and what it is to reach. */
export interface Figure {
  readonly work: string;
  readonly value: number;
  readonly unit: Unit;
  /** The same unit: what the machine itself takes for the least that this needs. */
  readonly limit?: { readonly what: string; readonly value: number };
  /** In the unit of `value`; with `times`, in multiples of the limit. */
  readonly mark?: Mark;
}
export type Unit = "ms" | "s" | "/s" | "MiB" | "";
export interface Mark {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly times?: boolean;
}

/** What a bench answers: the figures that a person reads, and everything else that it measured. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly detail: object;
}

export interface BenchOptions {
  /** Small counts: shows in seconds that the bench works; its figures say nothing. */
  readonly quick: boolean;
}
export type Bench = (options: BenchOptions) => Promise<Measured>;

/** How many times the limit the value is; null without one. */
export function ratioOf({ value, limit }: Figure): number | null {
  return limit === undefined ? null : round(value / limit.value);
}

/** Whether the mark is reached; null without one. */
export function isReached(figure: Figure): boolean | null {
  const { value, mark } = figure;
  if (mark === undefined) return null;
  const measured = mark.times === true ? (ratioOf(figure) ?? Number.NaN) : value;
  return measured <= (mark.atMost ?? Number.POSITIVE_INFINITY) && measured >= (mark.atLeast ?? 0);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The figures as a table of a terminal's width. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.work,
    `${figure.value} ${figure.unit}`,
    figure.limit ? `${figure.limit.value} ${figure.unit}  ${figure.limit.what}` : "",
    ratioOf(figure) === null ? "" : `${ratioOf(figure)}×`,
    markText(figure),
  ]);
  const all = [["work", "measured", "limit in the same run", "ratio", "mark"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function markText(figure: Figure): string {
  const { mark, unit } = figure;
  if (mark === undefined) return "";
  const bound = mark.atMost === undefined ? `≥ ${mark.atLeast}` : `≤ ${mark.atMost}`;
  return `${bound}${mark.times === true ? "×" : ` ${unit}`} ${isReached(figure) === true ? "reached" : "MISSED"}`;
}
