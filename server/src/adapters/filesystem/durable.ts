import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Sha256 } from "@clew/schema";
import { ArtifactStoreUnavailable, type StoreFault } from "../../ports/artifact-store.ts";

/** Large enough that reading is not the bottleneck, small enough that hashing one piece holds the event loop for under 1 ms. */
export const READ_BYTES = 512 * 1024;

/** What a stored file may be used for, also by mistake, and by its own user. */
export const READ_ONLY = 0o400;
/** Folders of stores are their own user's. */
export const PRIVATE = { recursive: true, mode: 0o700 } as const;

const FAULTS: Readonly<Record<string, StoreFault>> = {
  ENOSPC: "FULL",
  EDQUOT: "FULL",
  EACCES: "DENIED",
  EPERM: "DENIED",
  EROFS: "DENIED",
};

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Runs file system calls and says in the port's words what went wrong in them. */
export async function onDisk<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asStoreFault(error);
  }
}

/** Errors of system calls become ArtifactStoreUnavailable; errors of ours stay. */
function asStoreFault(error: unknown): unknown {
  const isSystemCall = error instanceof Error && "syscall" in error;
  return isSystemCall ? new ArtifactStoreUnavailable(FAULTS[errorCode(error) ?? ""] ?? "FAILED", error) : error;
}

/** Null when the file does not exist. */
export async function openIfThere(path: string, flags: string): Promise<FileHandle | null> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** A stream that fails before its turn to be read must not end the process; reading it then throws the same error. */
export function ignoreUntilRead(): void {}

/**
 * Writes a stream from `position` on. The stream's own errors come through as they are. It is left undestroyed when a write fails: what
 * carries the bytes may still want to answer.
 */
export async function writeStream(
  handle: FileHandle,
  bytes: Readable,
  position: number,
  onBytes: (chunk: Uint8Array) => void = () => {},
): Promise<number> {
  let at = position;
  for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
    const piece: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    onBytes(piece);
    await onDisk(() => writeWhole(handle, piece, at));
    at += piece.length;
  }
  return at;
}

async function writeWhole(handle: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}

/** The digest of what the file holds, read back from its beginning. */
export async function digestOfFile(handle: FileHandle): Promise<Sha256> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, at);
    if (bytesRead === 0) return `sha256:${hash.digest("hex")}`;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** Makes a folder's entries durable: without it a power loss may forget a file that had been renamed into it. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Moves a synced file to where it shows, and returns when that is durable. `folders` go from the root to the file's own. */
export async function publish(from: string, to: string, folders: readonly string[]): Promise<void> {
  await mkdir(folders.at(-1)!, PRIVATE);
  await rename(from, to);
  await Promise.all(folders.map(syncFolder));
}
