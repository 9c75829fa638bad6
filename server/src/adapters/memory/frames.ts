import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A file of frames: each is its length in bytes (64-bit little-endian) and its bytes. The last 32 bytes of the file are the SHA-256 of
 * all before them.
 */
const LENGTH_BYTES = 8;
const DIGEST_BYTES = 32;
/** Hashed and written at once: small enough not to hold up the event loop. */
const SLICE_BYTES = 1 << 20;

/** Writes a file, for its own user only, whole or not at all: beside its place first, then durable, then renamed into place. */
export async function writeFrames(path: string, frames: Iterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w");
  try {
    await file.chmod(0o600);
    await writeAll(file, frames);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function writeAll(file: FileHandle, frames: Iterable<Uint8Array>): Promise<void> {
  const hash = createHash("sha256");
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      hash.update(slice);
      await file.writeFile(slice);
    }
  };
  for (const frame of frames) {
    await write(lengthOf(frame.length));
    await write(frame);
  }
  await file.writeFile(hash.digest());
}

function lengthOf(bytes: number): Buffer {
  const buffer = Buffer.alloc(LENGTH_BYTES);
  buffer.writeBigUInt64LE(BigInt(bytes));
  return buffer;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Reads frames one after the other, of a file whose digest is right. */
export class FrameReader {
  readonly #file: number;
  #at = 0;

  /** @throws {Error} when the file is not what was written. */
  constructor(path: string) {
    this.#file = openSync(path, "r");
    try {
      checkDigest(this.#file);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  next(): ArrayBuffer {
    const length = Buffer.alloc(LENGTH_BYTES);
    this.#fill(length);
    const frame = new ArrayBuffer(Number(length.readBigUInt64LE()));
    this.#fill(new Uint8Array(frame));
    return frame;
  }

  close(): void {
    closeSync(this.#file);
  }

  #fill(bytes: Uint8Array): void {
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(this.#file, bytes, filled, Math.min(bytes.length - filled, 1 << 30), this.#at);
      if (read === 0) throw new Error("the file ends too early");
      filled += read;
      this.#at += read;
    }
  }
}

function checkDigest(file: number): void {
  const size = fstatSync(file).size - DIGEST_BYTES;
  if (size < 0) throw new Error("the file ends too early");
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(SLICE_BYTES);
  for (let at = 0; at < size; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, size - at), at);
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  const stated = Buffer.alloc(DIGEST_BYTES);
  readSync(file, stated, 0, DIGEST_BYTES, size);
  if (!hash.digest().equals(stated)) throw new Error("its SHA-256 is not the one that it states");
}
