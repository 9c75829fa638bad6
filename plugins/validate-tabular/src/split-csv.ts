import { isUtf8 } from "node:buffer";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { CsvHeader } from "@clew/plugin-tabular";
import { linesOf } from "./lines-of.ts";

/** A quoted value that has not ended after so many bytes never was one. */
const MAX_RECORD_BYTES = 65_536;

export type CsvFault = "MISSING COLUMNS" | "TOO MANY COLUMNS" | "UNQUOTED VALUE" | "INVALID ENCODING";

export interface BrokenLine {
  file_path: string;
  /** Counts from 1, the header. */
  line: number;
  text: string;
  error_type: CsvFault;
  column_name: string | null;
}

/**
 * Copies the lines of a CSV that are sound, and names the others: for files whose lines are not all rows. A record may have
 * several lines; where its quotes make no sense, its first line is broken and reading goes on with the next.
 */
export async function splitCsv(
  files: readonly string[],
  header: CsvHeader,
  soundFile: string,
  onBroken: (line: BrokenLine) => Promise<void>,
): Promise<void> {
  const sound = createWriteStream(soundFile);
  const write = async (text: string) => {
    if (!sound.write(text, "latin1")) await once(sound, "drain");
  };
  await write(`${header.columns.map(() => "c").join(header.delimiter)}\n`);
  for (const file of files) {
    const splitter = new LineSplitter(file, header);
    for await (const lines of linesOf(file)) {
      const settled = splitter.take(lines);
      if (settled.sound.length > 0) await write(`${settled.sound.join("\n")}\n`);
      for (const line of settled.broken) await onBroken(line);
    }
  }
  sound.end();
  await finished(sound);
}

interface Settled {
  sound: string[];
  broken: BrokenLine[];
}

class LineSplitter {
  readonly #file: string;
  readonly #header: CsvHeader;
  /** Lines of a record that has not ended yet. */
  #open: string[] = [];
  /** Number of the first of them. */
  #line = 1;

  constructor(file: string, header: CsvHeader) {
    this.#file = file;
    this.#header = header;
  }

  /** @param more null: there are no more lines */
  take(more: readonly string[] | null): Settled {
    const settled: Settled = { sound: [], broken: [] };
    const lines = [...this.#open, ...(more ?? [])];
    let start = 0;
    let record = "";
    for (let end = 1; start < lines.length; end++) {
      record = end === start + 1 ? lines[start]! : `${record}\n${lines[end - 1]!}`;
      const fault = faultOf(record, this.#header);
      const isEndless = end >= lines.length ? more === null : record.length >= MAX_RECORD_BYTES;
      if (fault === "OPEN" && !isEndless) {
        if (end >= lines.length) break;
        continue;
      }
      const isWhole = fault !== "OPEN" && fault?.error_type !== "UNQUOTED VALUE";
      this.#settle(isWhole ? record : lines[start]!, fault, settled);
      const taken = isWhole ? end - start : 1;
      start += taken;
      this.#line += taken;
      end = start;
    }
    this.#open = lines.slice(start);
    return settled;
  }

  /** The header is no row, and of several columns an empty line is none; of one it is a missing value. */
  #settle(text: string, fault: Fault | "OPEN" | null, { sound, broken }: Settled): void {
    if (this.#line === 1 || (text === "" && this.#header.columns.length > 1)) return;
    if (fault === null) sound.push(text);
    else broken.push(this.#brokenLine(text, fault));
  }

  #brokenLine(text: string, fault: Fault | "OPEN"): BrokenLine {
    const known: Fault = fault === "OPEN" ? { error_type: "UNQUOTED VALUE", column_name: null } : fault;
    const readable = Buffer.from(text, "latin1").toString("utf8");
    return { file_path: this.#file, line: this.#line, text: readable, ...known };
  }
}

type Fault = Pick<BrokenLine, "error_type" | "column_name">;

/** null: a sound record; OPEN: its last value has not ended. */
function faultOf(record: string, { delimiter, columns }: CsvHeader): Fault | "OPEN" | null {
  const fields = fieldsOf(record, delimiter);
  if (fields === "OPEN") return "OPEN";
  if (fields === null) return { error_type: "UNQUOTED VALUE", column_name: null };
  if (fields.length < columns.length) return { error_type: "MISSING COLUMNS", column_name: null };
  if (fields.length > columns.length) return { error_type: "TOO MANY COLUMNS", column_name: null };
  const isText = (field: string) => !/[\x80-\xff]/.test(field) || isUtf8(Buffer.from(field, "latin1"));
  if (isText(record)) return null;
  return { error_type: "INVALID ENCODING", column_name: columns[fields.findIndex((field) => !isText(field))] ?? null };
}

/** A value that begins with a quote ends with one (RFC 4180); null where something follows it. */
function fieldsOf(record: string, delimiter: string): string[] | "OPEN" | null {
  const fields: string[] = [];
  for (let start = 0; start <= record.length; ) {
    const isQuoted = record[start] === '"';
    const end = isQuoted ? closingQuote(record, start) + 1 : endOf(record, delimiter, start);
    if (isQuoted && end === 0) return "OPEN";
    const field = record.slice(start, end);
    const isClean = !isQuoted || end === record.length || record[end] === delimiter;
    if (!isClean) return null;
    fields.push(field);
    start = end + 1;
  }
  return fields;
}

function endOf(record: string, delimiter: string, start: number): number {
  const found = record.indexOf(delimiter, start);
  return found < 0 ? record.length : found;
}

/** -1 where there is none; two quotes are one in the value. */
function closingQuote(record: string, start: number): number {
  for (let index = record.indexOf('"', start + 1); index >= 0; index = record.indexOf('"', index + 2)) {
    if (record[index + 1] !== '"') return index;
  }
  return -1;
}
