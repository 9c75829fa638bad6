import { basename } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type CsvHeader, readCsvHeader } from "./csv-header.ts";
import { CSV, dialectOf, quoteText } from "./tabular-inputs.ts";

/** A file of separated values, and how its first line has it read. */
export interface SeparatedFile {
  readonly file: string;
  readonly header: CsvHeader;
}

/** Those of the files that are of separated values; one without a line has no rows. @throws {Error} where one is no text */
export async function separatedFiles(files: readonly string[]): Promise<SeparatedFile[]> {
  const found: SeparatedFile[] = [];
  for (const file of files.filter((path) => CSV.test(path))) {
    const header = await readCsvHeader(file);
    if (header !== null) found.push({ file, header });
  }
  return found;
}

export function byDelimiter(separated: readonly SeparatedFile[]): Map<string, string[]> {
  const groups = Map.groupBy(separated, ({ header }) => header.delimiter);
  return new Map([...groups].map(([delimiter, same]) => [delimiter, same.map(({ file }) => file)]));
}

/** What is wrong with the first line that is no row; null where each line is one. */
export async function brokenLine(
  connection: DuckDBConnection,
  separated: readonly SeparatedFile[],
): Promise<Error | null> {
  for (const { file, header } of separated) {
    const columns = header.columns.map((column) => `${quoteText(column)}: 'VARCHAR'`);
    const options = `auto_detect = false, ${dialectOf(header.delimiter)}, columns = {${columns.join(", ")}}`;
    try {
      await connection.run(`SELECT count(COLUMNS(*)) FROM read_csv(${quoteText(file)}, ${options})`);
    } catch (error) {
      const [said = ""] = (error as Error).message.split(/\n\s*\n|\nPossible/);
      return new Error(`${basename(file)}: ${said.trim()}`, { cause: error });
    }
  }
  return null;
}
