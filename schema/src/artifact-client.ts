import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import type { ArtifactReply } from "./artifact-protocol.ts";
import { ArtifactTransferError, ArtifactSession, type TransferOptions } from "./artifact-session.ts";
import type { Sha256 } from "./digest.ts";

const READ_BYTES = 512 * 1024;
/** Files up to this size go in one request. */
const ONE_SHOT_BYTES = 8 * 1024 * 1024;

/**
 * Puts a file into the artifact store of the server at `baseUrl` and answers its digest. The file is read twice: to name it, and to send
 * it unless the store has it. A broken connection is taken up again where the server stands.
 * @throws {ArtifactTransferError} DIGEST_MISMATCH when the file was changed meanwhile.
 */
export async function uploadFile(
  baseUrl: string,
  token: string | null,
  path: string,
  options: TransferOptions = {},
): Promise<ArtifactReply> {
  const { digest, sizeBytes } = await digestOfFile(path);
  const session = new ArtifactSession(baseUrl, token, options, sizeBytes);
  let location: string | null = null;
  await session.persist(async () => {
    if (await session.isStored(digest)) return session.progress(sizeBytes);
    if (sizeBytes <= ONE_SHOT_BYTES) return session.putWhole(digest, path);
    location ??= await session.begin(digest);
    try {
      await session.sendRest(location, path);
    } catch (error) {
      if (error instanceof ArtifactTransferError && error.code === "UPLOAD_NOT_FOUND") location = null;
      throw error;
    }
  });
  return { digest, sizeBytes };
}

/**
 * Fetches an artifact into a file, which appears whole and checked, or not at all. A broken connection is taken up again where it broke.
 * @throws {ArtifactTransferError} NOT_FOUND; DIGEST_MISMATCH when the server sent other bytes.
 */
export async function downloadFile(
  baseUrl: string,
  token: string | null,
  digest: Sha256,
  toPath: string,
  options: TransferOptions = {},
): Promise<ArtifactReply> {
  const partPath = `${toPath}.${randomBytes(6).toString("hex")}.part`;
  const session = new ArtifactSession(baseUrl, token, options, 0);
  const part = new PartialFile(await open(partPath, "wx"));
  try {
    await session.persist(() => session.fetchRest(digest, part));
    const actual = await part.seal();
    if (actual !== digest)
      throw new ArtifactTransferError("DIGEST_MISMATCH", `the bytes are ${actual}, not ${digest}`, false);
    await rename(partPath, toPath);
    return { digest, sizeBytes: part.size };
  } catch (error) {
    await part.close();
    await unlink(partPath).catch(() => {});
    throw error;
  }
}

/** The bytes that have arrived so far, and their digest. */
class PartialFile {
  readonly #handle: FileHandle;
  #hash = createHash("sha256");
  size = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, this.size + done);
      done += bytesWritten;
    }
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  /** Begins again: the server did not go on where this file ends. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash("sha256");
    this.size = 0;
  }

  async seal(): Promise<Sha256> {
    await this.#handle.sync();
    await this.#handle.close();
    return `sha256:${this.#hash.digest("hex")}`;
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }
}

/** A file's digest and size, read as a stream. */
export async function digestOfFile(path: string): Promise<ArtifactReply> {
  const handle = await open(path, "r");
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    for (let sizeBytes = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, sizeBytes);
      if (bytesRead === 0) return { digest: `sha256:${hash.digest("hex")}`, sizeBytes };
      hash.update(buffer.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
