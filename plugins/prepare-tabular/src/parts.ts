import { PluginFailure } from "@clew/plugin-sdk";
import type { ColumnType, TabularDatabase } from "@clew/plugin-tabular";
import { type PartName, PARTS, type Shares } from "./parameters.ts";

/** A part of the rows. */
export interface Part {
  role: PartName | "prepared";
  /** What stands after the FROM: a condition, or nothing. */
  condition: string;
}

/** The rows that are split. */
export interface Answer {
  database: TabularDatabase;
  /** What stands after FROM. */
  from: string;
  columns: readonly ColumnType[];
  rows: number;
}

/** Where each part begins and ends, in [0, 1]. */
export function bounds(shares: Shares): { role: PartName; from: number; to: number }[] {
  const named = PARTS.filter((role) => shares[role] !== undefined);
  const ends = named.map((_, index) => named.slice(0, index + 1).reduce((sum, role) => sum + shares[role]!, 0));
  return named.map((role, index) => {
    return { role, from: ends[index - 1] ?? 0, to: index === named.length - 1 ? 1 : ends[index]! };
  });
}

/** @throws {PluginFailure} BAD_INPUT */
export function refuseEmpty({ role }: Part, rows: number): void {
  if (rows === 0) throw new PluginFailure("BAD_INPUT", `split: the part ${role} has no rows`);
}
