import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** What a fault does to a plugin that reads tables: it is refused so, or it is let through. */
export type Refusal = readonly [type: "BAD_INPUT" | "BAD_PARAMETERS", ...words: string[]];

export interface Fault {
  readonly name: string;
  /** Content by name. */
  readonly files: Record<string, string | Uint8Array>;
  /** Null where rows of it can be read. */
  readonly refusal: Refusal | null;
}

const HEAD = "at,port,hour,load,holiday,gates,late,delay";

interface Cells {
  port?: string;
  hour?: string;
  load?: string;
}

/** The n-th row: an hour later than the one before, late every other time. */
function row(n: number, { port = "ABC"[n % 3]!, hour = `${n % 24}`, load = `${(n % 7) + 0.5}` }: Cells = {}): string {
  const at = new Date(Date.UTC(2024, 0, 1, n)).toISOString().slice(0, 19).replace("T", " ");
  return `${at},${port},${hour},${load},${n % 3 === 0},${4 + (n % 2)},${n % 2},${n % 50}`;
}

export function rows(count: number, cells: (n: number) => Cells = () => ({})): string[] {
  return Array.from({ length: count }, (_, n) => row(n, cells(n)));
}

export function csvOf(lines: readonly string[]): string {
  return `${[HEAD, ...lines].join("\n")}\n`;
}

const csv = (lines: readonly string[]) => ({ "rows.csv": csvOf(lines) });
const LONG = rows(25_000);
const VERSION = "tests/data@1";
const jsonOf = (load: unknown) =>
  `${JSON.stringify({ at: "2024-01-01 00:00:00", port: "A", hour: 1, load, holiday: true, gates: 4, late: 1, delay: 3 })}\n`;

/** The faults that a table itself may have, whoever reads it. */
export const FAULTS: readonly Fault[] = [
  { name: "a file without a byte", files: { "rows.csv": "" }, refusal: ["BAD_INPUT", VERSION, "rows.csv is empty"] },
  { name: "a header alone", files: csv([]), refusal: ["BAD_INPUT", "has no rows"] },
  {
    name: "a broken row among few",
    files: csv([...rows(20), "1,2,3", ...rows(20)]),
    refusal: ["BAD_INPUT", VERSION, "rows.csv", "Line: 22"],
  },
  {
    name: "a broken row among many",
    files: csv([...LONG, "1,2,3"]),
    refusal: ["BAD_INPUT", "rows.csv", "Line: 25002"],
  },
  {
    name: "a quote that never ends",
    files: csv([...rows(20), row(20, { port: '"A' }), ...rows(20)]),
    refusal: ["BAD_INPUT", VERSION, "rows.csv", "Line: 22"],
  },
  {
    name: "a line of JSON that is none",
    files: { "rows.jsonl": `${jsonOf(1)}{"at":\n${jsonOf(2)}` },
    refusal: ["BAD_INPUT", VERSION, "rows.jsonl", "line 3"],
  },
  {
    name: "Latin-1",
    files: { "rows.csv": Buffer.from(csvOf([...rows(20), row(20, { port: "M\u00fcnchen" })]), "latin1") },
    refusal: ["BAD_INPUT", VERSION, "rows.csv", "Line: 22", "not utf-8"],
  },
  {
    name: "UTF-16",
    files: { "rows.csv": Buffer.from(csvOf(rows(20)), "utf16le") },
    refusal: ["BAD_INPUT", VERSION, "rows.csv is no text in UTF-8"],
  },
  {
    name: "a compressed file that ends too early, between two rows",
    files: { "rows.csv.gz": gzipSync(csvOf(LONG)).subarray(0, -8) },
    refusal: ["BAD_INPUT", VERSION, "rows.csv.gz", "unexpected end of file"],
  },
  {
    name: "numbers that become text after many rows",
    files: csv([...LONG, row(25_000, { load: "many" })]),
    refusal: ["BAD_INPUT", "rows.csv", "Line: 25002", '"load"'],
  },
  {
    name: "a file that is not what its name says",
    files: { "rows.parquet": csvOf(rows(3)) },
    refusal: ["BAD_INPUT", VERSION, "rows.parquet"],
  },
  {
    name: "NaN and infinities",
    files: csv(rows(60, (n) => ({ load: ["nan", "inf", "-inf", "1.5"][n % 4]! }))),
    refusal: null,
  },
  { name: "a delimiter of its own", files: { "rows.csv": csvOf(rows(60)).replaceAll(",", ";") }, refusal: null },
];

/** Numbers and text in one column, which is told by those who read numbers. */
export const MIXED: Fault = {
  name: "numbers and text from the start",
  files: csv(rows(60, (n) => (n % 5 === 0 ? { load: "many" } : {}))),
  refusal: ["BAD_INPUT", "column load is VARCHAR"],
};
export const ONE_ROW: Fault = { name: "one row", files: csv(rows(1)), refusal: null };
/** No value at all in a column of numbers. */
export const ALL_NULL: Fault = { name: "a column of nulls", files: csv(rows(60, () => ({ load: "" }))), refusal: null };
/** For models that were trained on the ports A, B and C. */
export const UNSEEN: Fault = {
  name: "categories never seen",
  files: csv(rows(60, (n) => (n % 2 === 0 ? { port: "Z" } : {}))),
  refusal: null,
};

/** The same fault, refused by who cannot do without. */
export function refused(fault: Fault, ...refusal: Refusal): Fault {
  return { ...fault, refusal };
}

/**
 * A test for each fault: what it names is refused with all of these words, or let through.
 * @param run does a job on a version with these files, tests/data@1
 */
export function testFaults(faults: readonly Fault[], run: (files: Fault["files"]) => Promise<unknown>): void {
  test.each(faults.map(({ name, files, refusal }) => [name, files, refusal] as const))(
    "%s",
    async (_, files, refusal) => {
      const outcome = await run(files).catch((error: unknown) => error);
      if (refusal === null) return expect(outcome).not.toBeInstanceOf(Error);
      const [type, ...words] = refusal;
      expect(outcome).toMatchObject({ type });
      for (const word of words) expect((outcome as Error).message).toContain(word);
    },
    30_000,
  );
}
