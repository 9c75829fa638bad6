import { createHash, randomBytes } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { chmod, copyFile, link, mkdir, readdir, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ManifestFile, Sha256 } from "@clew/schema";

/** Brings an artifact to a path, whole and with the digest that was asked for. */
export type Fetch = (digest: Sha256, toPath: string) => Promise<void>;

/** After an eviction the cache holds at most this part of its bound, so that it is not needed again at once. */
const KEPT_PART = 0.9;
/** How often a file may vanish between two steps (another process evicts) before that is an error. */
const TRIES = 5;
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/**
 * Inputs' files by content, shared by attempts and by other runner processes on the same folder. A file appears whole, by rename; an
 * attempt gets a hard link where the file system has them, so that an eviction takes nothing from a running job. Since a job
 * could have written through its link, a file's digest is computed again whenever it is used.
 */
export class ContentCache {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #fetching = new Map<Sha256, Promise<void>>();
  /** Bytes that may be fetched before the folder is looked through again. */
  #room = 0;

  constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
  }

  /** Places a file at `path`, which must not exist; its folders are made. @throws what `fetch` throws. */
  async place({ digest, sizeBytes }: Omit<ManifestFile, "path">, path: string, fetch: Fetch): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    if (sizeBytes > this.#maxBytes) return await fetch(digest, path);
    for (let tries = 1; ; tries += 1) {
      await this.#hold(digest, fetch);
      try {
        await linkOrCopy(this.#pathOf(digest), path);
        break;
      } catch (error) {
        if (!isAbsent(error) || tries >= TRIES) throw error;
      }
    }
    if (this.#room < 0) await this.#evict();
  }

  #pathOf(digest: Sha256): string {
    const hex = digest.slice("sha256:".length);
    return join(this.#dir, hex.slice(0, 2), hex);
  }

  /** Makes sure that the file is there and is what it should be. Two that ask at once wait for one. */
  async #hold(digest: Sha256, fetch: Fetch): Promise<void> {
    const under = this.#fetching.get(digest);
    if (under !== undefined) return await under;
    const holding = this.#fetchUnlessHeld(digest, fetch).finally(() => this.#fetching.delete(digest));
    this.#fetching.set(digest, holding);
    await holding;
  }

  async #fetchUnlessHeld(digest: Sha256, fetch: Fetch): Promise<void> {
    const path = this.#pathOf(digest);
    if (await isIntact(path, digest)) {
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
    try {
      await fetch(digest, temporary);
      await chmod(temporary, 0o444);
      await rename(temporary, path);
      this.#room -= (await stat(path)).size;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #evict(): Promise<void> {
    const files = await this.#list();
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const target = total > this.#maxBytes ? this.#maxBytes * KEPT_PART : total;
    for (const { path, sizeBytes } of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (total <= target) break;
      await unlink(path).catch(() => {});
      total -= sizeBytes;
    }
    // Half of what is free: another process may be filling the folder as well.
    this.#room = (this.#maxBytes - total) / 2;
  }

  /** Every file of the cache; what a killed process left half-written is removed on the way. */
  async #list(): Promise<{ path: string; sizeBytes: number; usedAt: number }[]> {
    const entries = await readdir(this.#dir, { recursive: true, withFileTypes: true });
    const found = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }) => {
          const path = join(parentPath, name);
          const info = await stat(path).catch(() => null);
          if (info === null) return null;
          if (/^[0-9a-f]{64}$/.test(name)) return { path, sizeBytes: info.size, usedAt: info.mtimeMs };
          if (Date.now() - info.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
          return null;
        }),
    );
    return found.filter((file) => file !== null);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EXDEV" && code !== "EMLINK" && code !== "EPERM" && code !== "ENOTSUP") throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}

async function isIntact(path: string, digest: Sha256): Promise<boolean> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  return digest === `sha256:${hash.digest("hex")}`;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
