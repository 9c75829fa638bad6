import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export function isGzip(file: string): boolean {
  return file.toLowerCase().endsWith(".gz");
}

/** A file's bytes, unpacked where its name says that they are packed; who reads no further lets go of the file. */
export function plainBytes(file: string, highWaterMark = 1 << 16): Readable {
  const bytes = createReadStream(file, { highWaterMark });
  // What goes wrong is told to who reads.
  return isGzip(file) ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}
