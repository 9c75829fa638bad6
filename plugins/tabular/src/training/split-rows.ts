import { PluginFailure } from "@clew/plugin-sdk";
import { classLabelsOf } from "../classes.ts";
import { labelsOf, shareOfOnes } from "../labels.ts";
import { randomFrom, range, shuffle } from "../random.ts";
import { numbersOf, type Table, takeRows } from "../table.ts";

export interface Part {
  table: Table;
  labels: Uint8Array;
}

export interface Split {
  training: Part;
  heldOut: Part;
}

export interface CutOptions {
  timeColumn?: string | undefined;
  validationFraction: number;
  seed: number;
}

export interface SplitOptions extends CutOptions {
  target: string;
}

/**
 * Cuts the rows in two, with their labels.
 * @param table sorted by the time column
 * @throws {PluginFailure} BAD_INPUT where a time or a label is missing, or a part would be empty or hold one class only.
 */
export function splitRows(table: Table, options: SplitOptions): Split {
  const cut = cutTable(table, options);
  const training = partOf(cut.training, options.target);
  const heldOut = partOf(cut.heldOut, options.target);
  refuseOneClass("training", training, options.target);
  refuseOneClass("held-out", heldOut, options.target);
  return { training, heldOut };
}

/** Rows with the indexes of their classes. */
export interface ClassPart {
  table: Table;
  labels: Int32Array;
}

/**
 * Cuts the rows in two, with the indexes of their classes.
 * @param table sorted by the time column
 * @throws {PluginFailure} BAD_INPUT where a time or a class is missing, a part would be empty, or a class has no row to learn it from.
 */
export function splitClasses(
  table: Table,
  { target, ...options }: SplitOptions,
  classes: readonly string[],
): { training: ClassPart; heldOut: ClassPart } {
  // Before the cut, so that what is missing is counted in all rows.
  classLabelsOf(table, target, classes);
  const cut = cutTable(table, options);
  const partFor = (part: Table): ClassPart => ({ table: part, labels: classLabelsOf(part, target, classes) });
  const [training, heldOut] = [partFor(cut.training), partFor(cut.heldOut)];
  const learnt = new Set(training.labels);
  const unlearnt = classes.find((_, label) => !learnt.has(label));
  if (unlearnt === undefined) return { training, heldOut };
  const rows = heldOut.labels.reduce((count, label) => count + Number(classes[label] === unlearnt), 0);
  throw new PluginFailure(
    "BAD_INPUT",
    `target ${target}: all ${rows} rows of the class ${JSON.stringify(unlearnt)} are held out, none is left to learn it from`,
  );
}

/**
 * Cuts the rows in two. With a time column the last rows by time are held out, and rows of one time stay together; without
 * one, random rows are.
 * @param table sorted by the time column
 * @throws {PluginFailure} BAD_INPUT where a time is missing, or a part would be empty.
 */
export function cutTable(table: Table, options: CutOptions): { training: Table; heldOut: Table } {
  const rows = range(table.rows);
  if (options.timeColumn === undefined) shuffle(rows, randomFrom(options.seed));
  const cut = cutOf(table, options);
  if (cut === 0) throw new PluginFailure("BAD_INPUT", "the training part has no rows");
  if (cut === table.rows) throw new PluginFailure("BAD_INPUT", "the held-out part has no rows");
  return {
    training: takeRows(table, rows.slice(0, cut).toSorted()),
    heldOut: takeRows(table, rows.slice(cut).toSorted()),
  };
}

function cutOf(table: Table, { timeColumn, validationFraction }: CutOptions): number {
  let cut = Math.floor(table.rows * (1 - validationFraction));
  if (timeColumn === undefined) return cut;
  const times = numbersOf(table, timeColumn);
  if (times.some((time) => Number.isNaN(time))) {
    throw new PluginFailure("BAD_INPUT", `time column ${timeColumn} has rows without a time`);
  }
  while (cut > 0 && times[cut - 1] === times[cut]) cut--;
  return cut;
}

function partOf(table: Table, target: string): Part {
  return { table, labels: labelsOf(table, target) };
}

function refuseOneClass(name: string, { labels }: Part, target: string): void {
  const share = shareOfOnes(labels);
  if (share > 0 && share < 1) return;
  throw new PluginFailure("BAD_INPUT", `target ${target} is ${share} in all ${labels.length} rows of the ${name} part`);
}
