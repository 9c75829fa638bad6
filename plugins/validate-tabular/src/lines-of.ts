import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Lines without their ends, one byte a character, many at a time; null after the last. */
export async function* linesOf(file: string): AsyncGenerator<string[] | null> {
  const bytes = createReadStream(file, { highWaterMark: 1 << 20 });
  const plain: Readable = file.toLowerCase().endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes;
  let rest = "";
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop()!;
    yield lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  }
  if (rest !== "") yield [rest];
  yield null;
}
