import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** DuckDB takes a compressed file that ends too early for a shorter one. @throws {Error} which names it */
export async function requireWhole(files: readonly string[]): Promise<void> {
  for (const file of files.filter((path) => path.toLowerCase().endsWith(".gz"))) {
    try {
      await pipeline(createReadStream(file), createGunzip(), nowhere());
    } catch (error) {
      throw new Error(`${basename(file)}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
