import { basename } from "node:path";
import { finished } from "node:stream/promises";
import { isGzip, plainBytes } from "./plain-bytes.ts";

/** DuckDB takes a compressed file that ends too early for a shorter one. @throws {Error} which names it */
export async function requireWhole(files: readonly string[]): Promise<void> {
  for (const file of files.filter(isGzip)) {
    try {
      await finished(plainBytes(file).resume());
    } catch (error) {
      throw new Error(`${basename(file)}: ${(error as Error).message}`, { cause: error });
    }
  }
}
