import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";

/** Copies an archive, with each member as `change` leaves it; null leaves it out. */
export async function rewritten(
  from: string,
  to: string,
  change: (name: string, bytes: Buffer) => Buffer | null,
): Promise<void> {
  const source = extract();
  const target = pack();
  createReadStream(from).pipe(source);
  const written = pipeline(Readable.from(target, { objectMode: false }), createWriteStream(to));
  for await (const entry of source) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const bytes = change(entry.header.name, Buffer.concat(chunks));
    if (bytes !== null) target.entry({ name: entry.header.name }, bytes);
  }
  target.finalize();
  await written;
}
