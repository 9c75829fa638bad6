import type { Paint } from "./paint.ts";
import { padEnd, padStart, widthOf } from "./text.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Rows below their titles in aligned columns, two spaces apart, without spaces at the end of a line. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = columns.map(({ title }, at) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] ?? ""))));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, at) => (align === "right" ? padStart : padEnd)(cells[at] ?? "", widths[at]!))
      .join("  ")
      .trimEnd();
  const titles = line(columns.map(({ title }) => title));
  return [paint("dim", titles), ...rows.map(line)];
}

/** Names and values below each other; what is null is left out. */
export function facts(pairs: readonly (readonly [name: string, value: string | null])[], paint: Paint): string[] {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== null);
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)));
  return shown.map(([name, value]) => `${paint("dim", padEnd(name, width))}  ${value}`);
}
