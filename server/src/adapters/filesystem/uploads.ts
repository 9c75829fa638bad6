import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Sha256 } from "@clew/schema";
import {
  type ArtifactInfo,
  DigestMismatch,
  type UploadInfo,
  UploadNotFound,
  UploadOffsetMismatch,
} from "../../ports/artifact-store.ts";
import {
  digestOfFile,
  onDisk,
  ignoreUntilRead,
  openIfThere,
  publish,
  READ_ONLY,
  syncFolder,
  writeStream,
} from "./durable.ts";
import { type Layout, filePath, newUploadId, uploadOf } from "./layout.ts";

/** What holds an upload in this process: an append that can be ended, or a finish that cannot. */
interface Holder {
  readonly done: Promise<unknown>;
  readonly bytes?: Readable;
}

/** Another append to the same upload began; its sender has most likely lost the connection of this one. */
export class UploadSuperseded extends Error {
  constructor() {
    super("another append to this upload has begun");
  }
}

/**
 * Uploads that outlive either side. An upload is one file whose size is the offset: nothing else is kept, so there is nothing else that
 * a crash could leave wrong. What was hashed so far is not kept either: finishing reads the file, and so checks what is on the disk.
 */
export class Uploads {
  readonly #layout: Layout;
  readonly #holders = new Map<string, Holder>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  async begin(expected: Sha256): Promise<UploadInfo> {
    const uploadId = newUploadId(expected);
    await onDisk(async () => {
      const handle = await open(join(this.#layout.uploads, uploadId), "wx", 0o600);
      await handle.close();
      await syncFolder(this.#layout.uploads);
    });
    return { uploadId, offset: 0 };
  }

  async status(uploadId: string): Promise<UploadInfo | null> {
    const upload = uploadOf(this.#layout, uploadId);
    const handle = upload && (await onDisk(() => openIfThere(upload.path, "r+")));
    if (!handle) return null;
    try {
      return { uploadId, offset: await onDisk(() => durableSize(handle)) };
    } finally {
      await handle.close();
    }
  }

  /** Ends an append to the same upload that is still under way, then appends. */
  append(uploadId: string, offset: number, bytes: Readable): Promise<UploadInfo> {
    bytes.on("error", ignoreUntilRead);
    return this.#hold(uploadId, bytes, async (handle) => {
      const { size } = await onDisk(() => handle.stat());
      if (size !== offset) throw new UploadOffsetMismatch(size, offset);
      try {
        await writeStream(handle, bytes, offset);
      } catch (error) {
        // What came before the connection broke is kept, and a full disk must not hide behind an error of fsync.
        await durableSize(handle).catch(() => {});
        throw error;
      }
      return { uploadId, offset: await onDisk(() => durableSize(handle)) };
    });
  }

  finish(uploadId: string): Promise<ArtifactInfo> {
    return this.#hold(uploadId, undefined, (handle, path, expected) =>
      onDisk(async () => {
        const actual = await digestOfFile(handle);
        if (actual !== expected) {
          await unlink(path);
          throw new DigestMismatch(expected, actual);
        }
        const sizeBytes = await durableSize(handle);
        const file = filePath(this.#layout, expected);
        await publish(path, file.path, file.folders);
        await handle.chmod(READ_ONLY);
        return { digest: expected, sizeBytes };
      }),
    );
  }

  /** One at a time for each upload. @throws {UploadNotFound} */
  async #hold<T>(
    uploadId: string,
    bytes: Readable | undefined,
    act: (handle: FileHandle, path: string, expected: Sha256) => Promise<T>,
  ): Promise<T> {
    const before = this.#holders.get(uploadId);
    before?.bytes?.destroy(new UploadSuperseded());
    const done = (async () => {
      await before?.done.catch(() => {});
      return this.#withFile(uploadId, act);
    })();
    const holder = { done, ...(bytes && { bytes }) };
    this.#holders.set(uploadId, holder);
    try {
      return await done;
    } finally {
      if (this.#holders.get(uploadId) === holder) this.#holders.delete(uploadId);
    }
  }

  async #withFile<T>(
    uploadId: string,
    act: (handle: FileHandle, path: string, expected: Sha256) => Promise<T>,
  ): Promise<T> {
    const upload = uploadOf(this.#layout, uploadId);
    const handle = upload && (await onDisk(() => openIfThere(upload.path, "r+")));
    if (!handle) throw new UploadNotFound(uploadId);
    try {
      return await act(handle, upload.path, upload.expected);
    } finally {
      await handle.close();
    }
  }
}

/** How many bytes the disk holds, whatever happens to the process or the machine from now on. */
async function durableSize(handle: FileHandle): Promise<number> {
  await handle.sync();
  return (await handle.stat()).size;
}
