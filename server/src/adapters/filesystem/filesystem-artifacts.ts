import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type FileHandle, mkdir, open, opendir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Sha256 } from "@clew/schema";
import {
  type ArtifactInfo,
  ArtifactNotFound,
  type ArtifactStore,
  DigestMismatch,
  type UploadInfo,
} from "../../ports/artifact-store.ts";
import {
  READ_BYTES,
  PRIVATE,
  READ_ONLY,
  ignoreUntilRead,
  onDisk,
  openIfThere,
  publish,
  syncFolder,
  writeStream,
} from "./durable.ts";
import { FILE_NAME, type Layout, SHARD_NAME, filePath, layoutOf, temporaryPath } from "./layout.ts";
import { Uploads } from "./uploads.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** How many files are looked up in one turn of the event loop. */
const LOOKUPS = 32;

export interface FilesystemArtifactsOptions {
  /** A folder of the store's own, made if it is missing. */
  readonly dir: string;
  /** Uploads and half-written files that nothing was added to for so long are removed when the store opens; a week unless given. */
  readonly abandonedAfterMs?: number;
}

/**
 * Opens a store in a folder, for one server process: that nothing is added to an upload while it is checked and shown rests on locks
 * inside the process. Several server processes share an object store instead.
 * @throws {ArtifactStoreUnavailable}
 */
export async function openFilesystemArtifacts(options: FilesystemArtifactsOptions): Promise<ArtifactStore> {
  const layout = layoutOf(options.dir);
  const oldest = Date.now() - (options.abandonedAfterMs ?? WEEK_MS);
  await onDisk(async () => {
    for (const folder of Object.values(layout)) await mkdir(folder, PRIVATE);
    await syncFolder(options.dir);
    for (const folder of [layout.temporary, layout.uploads]) await removeOlder(folder, oldest);
  });
  return new FilesystemArtifacts(layout);
}

class FilesystemArtifacts implements ArtifactStore {
  readonly #layout: Layout;
  readonly #uploads: Uploads;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#uploads = new Uploads(layout);
  }

  async has(digests: readonly Sha256[]): Promise<ReadonlySet<Sha256>> {
    const found = new Set<Sha256>();
    for (let at = 0; at < digests.length; at += LOOKUPS) {
      const infos = await Promise.all(digests.slice(at, at + LOOKUPS).map((digest) => this.stat(digest)));
      for (const info of infos) if (info) found.add(info.digest);
      await new Promise(setImmediate);
    }
    return found;
  }

  async stat(digest: Sha256): Promise<ArtifactInfo | null> {
    const sizeBytes = await onDisk(async () => sizeOf(filePath(this.#layout, digest).path));
    return sizeBytes === null ? null : { digest, sizeBytes };
  }

  async read(digest: Sha256, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const handle = await onDisk(() => openIfThere(filePath(this.#layout, digest).path, "r"));
    if (!handle) throw new ArtifactNotFound(digest);
    try {
      if (range) await checkRange(handle, range);
      return handle.createReadStream({ highWaterMark: READ_BYTES, ...range });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async write(bytes: Readable, expected?: Sha256): Promise<ArtifactInfo> {
    bytes.on("error", ignoreUntilRead);
    const path = temporaryPath(this.#layout);
    try {
      const info = await this.#writeTemporary(path, bytes);
      if (expected !== undefined && info.digest !== expected) throw new DigestMismatch(expected, info.digest);
      const file = filePath(this.#layout, info.digest);
      await onDisk(() => publish(path, file.path, file.folders));
      return info;
    } catch (error) {
      await unlink(path).catch(() => {});
      throw error;
    }
  }

  async #writeTemporary(path: string, bytes: Readable): Promise<ArtifactInfo> {
    const handle = await onDisk(() => open(path, "wx", 0o600));
    const hash = createHash("sha256");
    try {
      const sizeBytes = await writeStream(handle, bytes, 0, (chunk) => hash.update(chunk));
      await onDisk(async () => {
        await handle.chmod(READ_ONLY);
        await handle.sync();
      });
      return { digest: `sha256:${hash.digest("hex")}`, sizeBytes };
    } finally {
      await handle.close();
    }
  }

  beginUpload(expected: Sha256): Promise<UploadInfo> {
    return this.#uploads.begin(expected);
  }

  uploadStatus(uploadId: string): Promise<UploadInfo | null> {
    return this.#uploads.status(uploadId);
  }

  appendUpload(uploadId: string, offset: number, bytes: Readable): Promise<UploadInfo> {
    return this.#uploads.append(uploadId, offset, bytes);
  }

  finishUpload(uploadId: string): Promise<ArtifactInfo> {
    return this.#uploads.finish(uploadId);
  }

  async *list(): AsyncIterable<ArtifactInfo> {
    const root = this.#layout.files;
    for (const outer of await onDisk(() => namesIn(root, SHARD_NAME))) {
      for (const inner of await onDisk(() => namesIn(join(root, outer), SHARD_NAME))) {
        const folder = join(root, outer, inner);
        for (const name of await onDisk(() => namesIn(folder, FILE_NAME))) {
          const sizeBytes = await onDisk(async () => sizeOf(join(folder, name)));
          if (sizeBytes !== null) yield { digest: `sha256:${name}`, sizeBytes };
        }
      }
    }
  }
}

/** Null when there is no file. Synchronous: the system answers in less time than it takes to hand the question to another thread. */
function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

async function namesIn(folder: string, form: RegExp): Promise<string[]> {
  return (await readdir(folder)).filter((name) => form.test(name)).toSorted();
}

async function checkRange(handle: FileHandle, { start, end }: { start: number; end: number }): Promise<void> {
  const { size } = await onDisk(() => handle.stat());
  const isInside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end < size;
  if (!isInside) throw new RangeError(`bytes ${start} to ${end} do not lie in a file of ${size} bytes`);
}

async function removeOlder(folder: string, oldestMs: number): Promise<void> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    const info = await stat(path).catch(() => null);
    if (info?.isFile() && info.mtimeMs < oldestMs) await unlink(path).catch(() => {});
  }
}
