import { PluginFailure } from "@clew/plugin-sdk";
import {
  labelsOf,
  numbersOf,
  randomFrom,
  range,
  shareOfOnes,
  shuffle,
  type Table,
  takeRows,
} from "@clew/plugin-tabular";

export interface Part {
  table: Table;
  labels: Uint8Array;
}

export interface Split {
  training: Part;
  heldOut: Part;
}

export interface SplitOptions {
  target: string;
  timeColumn?: string | undefined;
  validationFraction: number;
  seed: number;
}

/**
 * Cuts the rows in two. With a time column the last rows by time are held out, and rows of one time stay together; without
 * one, random rows are.
 * @param table sorted by the time column
 * @throws {PluginFailure} BAD_INPUT where a time is missing, or a part would be empty or hold one class only.
 */
export function splitRows(table: Table, options: SplitOptions): Split {
  const rows = range(table.rows);
  if (options.timeColumn === undefined) shuffle(rows, randomFrom(options.seed));
  const cut = cutOf(table, options);
  const training = partOf(table, rows.slice(0, cut), options.target);
  const heldOut = partOf(table, rows.slice(cut), options.target);
  refuseOneClass("training", training, options.target);
  refuseOneClass("held-out", heldOut, options.target);
  return { training, heldOut };
}

function cutOf(table: Table, { timeColumn, validationFraction }: SplitOptions): number {
  let cut = Math.floor(table.rows * (1 - validationFraction));
  if (timeColumn === undefined) return cut;
  const times = numbersOf(table, timeColumn);
  if (times.some((time) => Number.isNaN(time))) {
    throw new PluginFailure("BAD_INPUT", `time column ${timeColumn} has rows without a time`);
  }
  while (cut > 0 && times[cut - 1] === times[cut]) cut--;
  return cut;
}

function partOf(table: Table, rows: Int32Array, target: string): Part {
  const part = takeRows(table, rows.toSorted());
  return { table: part, labels: labelsOf(part, target) };
}

function refuseOneClass(name: string, { labels }: Part, target: string): void {
  if (labels.length === 0) throw new PluginFailure("BAD_INPUT", `the ${name} part has no rows`);
  const share = shareOfOnes(labels);
  if (share > 0 && share < 1) return;
  throw new PluginFailure("BAD_INPUT", `target ${target} is ${share} in all ${labels.length} rows of the ${name} part`);
}
