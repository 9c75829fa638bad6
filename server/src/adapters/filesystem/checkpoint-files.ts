import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Tile, tilePath } from "@clew/schema";
import { errorCode, PRIVATE, READ_ONLY, syncFolder } from "./durable.ts";

/**
 * The ledger's tiles and checkpoints as files: `tile/…` as C2SP tlog-tiles lays them out, `checkpoint` is the newest signed note,
 * `checkpoints/<size>` some of those before. A file shows whole or not at all, and is on the disk when a promise resolves.
 */
export class CheckpointFiles {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  readonly readTile = (tile: Tile): Promise<Uint8Array> => readFile(join(this.#dir, tilePath(tile)));

  async writeTiles(tiles: readonly { readonly tile: Tile; readonly bytes: Uint8Array }[]): Promise<void> {
    const folders = new Set<string>();
    for (const { tile, bytes } of tiles) await this.#write(tilePath(tile), bytes, folders);
    await this.#sync(folders);
  }

  async readCheckpoint(): Promise<string | null> {
    try {
      return await readFile(join(this.#dir, "checkpoint"), "utf8");
    } catch (error) {
      if (errorCode(error) === "ENOENT") return null;
      throw error;
    }
  }

  async writeCheckpoint(note: string, size: number, keep: boolean): Promise<void> {
    const folders = new Set<string>();
    const bytes = Buffer.from(note);
    if (keep) await this.#write(`checkpoints/${size}`, bytes, folders);
    await this.#write("checkpoint", bytes, folders);
    await this.#sync(folders);
  }

  /** Writes beside its place and moves it there; tells which folders must be synced. */
  async #write(path: string, bytes: Uint8Array, folders: Set<string>): Promise<void> {
    const to = join(this.#dir, path);
    const temporary = join(this.#dir, `new-${randomBytes(8).toString("hex")}`);
    await mkdir(dirname(to), PRIVATE);
    const handle = await open(temporary, "wx", READ_ONLY);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, to);
    for (let folder = dirname(to); folder.startsWith(this.#dir); folder = dirname(folder)) folders.add(folder);
  }

  async #sync(folders: ReadonlySet<string>): Promise<void> {
    await Promise.all([...folders].map(syncFolder));
  }
}
