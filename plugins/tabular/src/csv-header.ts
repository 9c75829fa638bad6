import { basename } from "node:path";
import { plainBytes } from "./plain-bytes.ts";

/** How a file of separated values is read: its columns are what its first line says, whatever comes after. */
export interface CsvHeader {
  delimiter: string;
  columns: string[];
}

const DELIMITERS = [",", ";", "\t", "|"];
/** A first line longer than this is cut. */
const MAX_HEADER_BYTES = 2_000_000;

/** null where the file has no line. @throws {Error} where it is no text. */
export async function readCsvHeader(file: string): Promise<CsvHeader | null> {
  const line = firstLine(await readHead(file));
  // UTF-16 has a zero in every second byte of Latin text; bytes that are no UTF-8 are decoded to U+FFFD.
  if (/[\0\uFFFD]/.test(line)) throw new Error(`${basename(file)} is no text in UTF-8`);
  if (line.trim() === "") return null;
  const delimiter = delimiterOf(line);
  return { delimiter, columns: distinctNames(splitLine(line, delimiter)) };
}

async function readHead(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of plainBytes(file) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (chunk.includes("\n") || size > MAX_HEADER_BYTES) break;
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

/** The line ends outside quotes. */
function firstLine(text: string): string {
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '"') isQuoted = !isQuoted;
    if (!isQuoted && (text[index] === "\n" || text[index] === "\r")) return text.slice(0, index);
  }
  return text;
}

/** The one that the line holds most of, outside quotes. */
function delimiterOf(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

function splitLine(line: string, delimiter: string): string[] {
  const fields: string[] = [""];
  let isQuoted = false;
  for (const character of line.split("")) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === delimiter && !isQuoted) fields.push("");
    else fields[fields.length - 1] += character;
  }
  return fields.map((field) => unquoted(field).slice(0, 255));
}

function unquoted(field: string): string {
  return /^".*"$/s.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field;
}

/** SQL does not tell names apart by case: the second of a kind gets a number, one without a name its place. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, place) => {
    const wanted = name === "" ? `column${place}` : name;
    let given = wanted;
    for (let n = 1; taken.has(given.toLowerCase()); n++) given = `${wanted}_${n}`;
    taken.add(given.toLowerCase());
    return given;
  });
}
