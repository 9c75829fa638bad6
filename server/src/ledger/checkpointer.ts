import {
  type Checkpoint,
  consistencyProof,
  inclusionProof,
  leafHash,
  type NoteSigner,
  parseVerifierKey,
  readRoot,
  type ReadTile,
  signCheckpoint,
  TILE_WIDTH,
  tileHashReader,
  verifyCheckpoint,
} from "@clew/schema";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { FollowerLog } from "./follower.ts";
import type { LedgerTail } from "./ledger-tail.ts";
import { type TileBytes, TileTree } from "./tile-tree.ts";

/** Where tiles and checkpoints are kept, outside the database. All of it is durable when a promise resolves. */
export interface CheckpointFiles {
  readonly readTile: ReadTile;
  writeTiles(tiles: readonly TileBytes[]): Promise<void>;
  /** The last checkpoint, a signed note; null before the first. */
  readCheckpoint(): Promise<string | null>;
  /** Replaces the last checkpoint; with `keep` it is kept under its size as well. */
  writeCheckpoint(note: string, size: number, keep: boolean): Promise<void>;
}

export interface SignedHead extends Pick<Checkpoint, "size" | "root"> {
  /** The signed note. */
  readonly note: string;
}

export interface EntryProof {
  readonly head: SignedHead;
  readonly leafHash: Uint8Array;
  /** The audit path, nearest sibling first (RFC 9162 section 2.1.3.1). */
  readonly path: readonly Uint8Array[];
}

export interface ConsistencyProof {
  /** Over the larger tree. */
  readonly head: SignedHead;
  readonly path: readonly Uint8Array[];
}

export interface CheckpointerParts {
  readonly store: LedgerStore;
  readonly tail: LedgerTail;
  readonly files: CheckpointFiles;
  readonly signer: NoteSigner;
  readonly log: FollowerLog;
  /** Called once when the ledger is found not to be what was signed. */
  readonly onFork: (reason: string) => void;
}

const INTERVAL_MS = 1_000;
/** A checkpoint is due after this many entries, however fast they come; and one of each so many is kept for ever. */
const ENTRIES_MAX = 1_000;
const PAGE = 1_000;

/** What the note of a checkpoint calls the ledger. */
export const originOf = (ledgerId: string) => `clew/ledger/${ledgerId}`;

/**
 * Signs the ledger's head, and holds the ledger to what was signed before: a database that was restored from an older copy, or whose
 * newest entries were changed, is told from the one that the last checkpoint covers. Each server has files of its own.
 */
export class Checkpointer {
  readonly #parts: CheckpointerParts;
  readonly #unsubscribe: (() => void)[] = [];
  #tree: TileTree | null = null;
  #origin = "";
  #latest: SignedHead | null = null;
  #fork: string | null = null;
  #working: Promise<void> | null = null;
  #isStopping = false;

  constructor(parts: CheckpointerParts) {
    this.#parts = parts;
  }

  /** The newest signed head; null before the first. */
  get latest(): SignedHead | null {
    return this.#latest;
  }

  /** Why the ledger is not what was signed; null as long as it is. */
  get fork(): string | null {
    return this.#fork;
  }

  /** Compares the ledger with the last checkpoint. Reads the last 512 entries and the tiles beside them, not the whole ledger. */
  async open(): Promise<void> {
    const { files, store } = this.#parts;
    const { ledgerId, seq } = await store.head();
    this.#origin = originOf(ledgerId);
    const note = await files.readCheckpoint();
    if (note === null) {
      this.#tree = TileTree.empty(files.readTile);
      return;
    }
    const signed = this.#verified(note);
    if (typeof signed === "string") return this.#forked(signed);
    if (signed.size > seq) {
      return this.#forked(`the database ends at entry ${seq}, but a checkpoint was signed over ${signed.size} entries`);
    }
    const tree = await this.#treeAt(signed);
    if (tree === null) {
      return this.#forked(`the first ${signed.size} entries in the database are not the ones that were signed`);
    }
    this.#tree = tree;
    this.#latest = { note, size: signed.size, root: signed.root };
  }

  /** Signs whenever the ledger has grown, at the latest a second later. */
  start(): void {
    const timer = setInterval(() => this.#tick(), INTERVAL_MS);
    timer.unref();
    this.#unsubscribe.push(
      () => clearInterval(timer),
      this.#parts.store.onAppend((seq) => {
        if (seq - (this.#latest?.size ?? 0) >= ENTRIES_MAX) this.#tick();
      }),
    );
    this.#tick();
  }

  /** Signs what there is, of much only the next page, and ends. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    await this.#working;
    if (this.#tree !== null) await this.checkpoint().catch((error: unknown) => this.#failed(error));
  }

  /** Takes in what was appended since, and signs the head. */
  checkpoint(): Promise<void> {
    this.#working ??= this.#advance().finally(() => {
      this.#working = null;
    });
    return this.#working;
  }

  /** Proves that a signed head covers the entry; null when there is no such entry, or nothing is signed any more. */
  async prove(seq: number): Promise<EntryProof | null> {
    if (seq > (this.#latest?.size ?? 0)) await this.checkpoint();
    const head = this.#latest;
    if (head === null || this.#tree === null || seq < 1 || seq > head.size) return null;
    const hashAt = tileHashReader(head.size, this.#tree.readTile);
    const [leaf, path] = await Promise.all([hashAt(0, seq - 1), inclusionProof(seq - 1, head.size, hashAt)]);
    return { head, leafHash: leaf, path };
  }

  /**
   * Proves that the ledger's first `first` entries are a beginning of its first `second`, RFC 9162 section 2.1.4; null when it has not
   * so many, or nothing is signed any more.
   * @throws {RangeError} when `first` is larger than `second`.
   */
  async proveConsistency(first: number, second: number): Promise<ConsistencyProof | null> {
    if (second > (await this.#parts.store.head()).seq) return null;
    const head = await this.signAt(second);
    if (head === null || this.#tree === null) return null;
    return { head, path: await consistencyProof(first, second, tileHashReader(second, this.#tree.readTile)) };
  }

  /** Signs the head that the ledger had at `size` entries, which it has reached; null when nothing is signed any more. */
  async signAt(size: number): Promise<SignedHead | null> {
    while (this.#tree !== null && this.#tree.size < size) await this.checkpoint();
    const tree = this.#tree;
    if (tree === null) return null;
    const root = await readRoot(size, tileHashReader(size, tree.readTile));
    const note = signCheckpoint({ origin: this.#origin, size, root, extensions: [] }, [this.#parts.signer]);
    return { note, size, root };
  }

  /** The last checkpoint as it is kept, or why it does not vouch for this ledger; null before the first. */
  async readSigned(): Promise<Checkpoint | string | null> {
    const note = await this.#parts.files.readCheckpoint();
    return note === null ? null : this.#verified(note);
  }

  #tick(): void {
    if (this.#working === null) this.checkpoint().catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    this.#parts.log.error({ err: error }, "a checkpoint could not be made; it will be tried again");
  }

  async #advance(): Promise<void> {
    const { store, files, signer } = this.#parts;
    const tree = this.#tree;
    if (tree === null) return;
    const { seq, ledgerId } = await store.head();
    if (seq < tree.size || originOf(ledgerId) !== this.#origin) {
      return this.#forked(`the database was replaced: it ends at entry ${seq}, and ${tree.size} had been seen`);
    }
    await this.#grow(tree, seq);
    if (tree.size === (this.#latest?.size ?? 0)) return;
    const { size } = tree;
    const root = await tree.root();
    const note = signCheckpoint({ origin: this.#origin, size, root, extensions: [] }, [signer]);
    const isKept = Math.floor(size / ENTRIES_MAX) > Math.floor((this.#latest?.size ?? 0) / ENTRIES_MAX);
    await files.writeCheckpoint(note, size, isKept);
    this.#latest = { note, size, root };
  }

  async #grow(tree: TileTree, to: number): Promise<void> {
    for (let pages = 0; ; pages++) {
      const { full } = tree;
      await this.#parts.files.writeTiles(full);
      tree.kept(full);
      if (tree.size >= to || (this.#isStopping && pages > 0)) return;
      const leaves = await this.#parts.tail.leafHashes(tree.size, Math.min(PAGE, to - tree.size));
      if (leaves.length === 0) throw new Error(`the ledger has no entry ${tree.size + 1}, but ends at ${to}`);
      for (const leaf of leaves) tree.append(Buffer.from(leaf, "hex"));
    }
  }

  /** The checkpoint in a note, or why it is not one of this ledger. */
  #verified(note: string): Checkpoint | string {
    try {
      return verifyCheckpoint(note, this.#origin, [parseVerifierKey(this.#parts.signer.verifierKey)]);
    } catch (error) {
      return `the last checkpoint does not vouch for this ledger (${(error as Error).message})`;
    }
  }

  /** The tree that was signed, as the database has it; null when the database has another. */
  async #treeAt(signed: Checkpoint): Promise<TileTree | null> {
    const quick = await this.#resumed(signed.size);
    if (quick !== null && isSame(await quick.root(), signed.root)) return quick;
    this.#parts.log.warn(
      { size: signed.size },
      "the ledger's last entries or tiles do not add up; reading all entries",
    );
    const whole = TileTree.empty(this.#parts.files.readTile);
    try {
      await this.#growUnkept(whole, signed.size);
    } catch (error) {
      this.#parts.log.error({ err: error }, "the ledger could not be read to the end of its checkpoint");
      return null;
    }
    if (!isSame(await whole.root(), signed.root)) return null;
    await this.#grow(whole, signed.size);
    return whole;
  }

  /** From the tiles, when they and the entries beside the end belong together; else null. */
  async #resumed(size: number): Promise<TileTree | null> {
    const { files, store } = this.#parts;
    // One full tile more than the partial one, so that entries are compared even where the tree ends with a tile.
    const after = Math.max(0, (Math.floor(size / TILE_WIDTH) - 1) * TILE_WIDTH);
    const entries = await store.entries(after, size - after);
    const leaves = entries.map(({ bytes }) => leafHash(bytes));
    if (entries.some(({ leafHash: stated }, n) => stated !== leaves[n]!.toString("hex"))) return null;
    const inFull = leaves.length - (size % TILE_WIDTH);
    try {
      if (inFull > 0) {
        const tile = { level: 0, index: after / TILE_WIDTH, width: TILE_WIDTH };
        if (!isSame(await files.readTile(tile), Buffer.concat(leaves.slice(0, inFull)))) return null;
      }
      return await TileTree.resume(files.readTile, size, leaves.slice(inFull));
    } catch (error) {
      this.#parts.log.warn({ err: error }, "the ledger's tiles cannot be read");
      return null;
    }
  }

  /** Reads every entry's bytes up to `to`, and keeps the tiles to itself. */
  async #growUnkept(tree: TileTree, to: number): Promise<void> {
    while (tree.size < to) {
      const entries = await this.#parts.store.entries(tree.size, Math.min(PAGE, to - tree.size));
      if (entries[0]?.seq !== tree.size + 1) throw new Error(`the ledger has no entry ${tree.size + 1}`);
      for (const { bytes } of entries) tree.append(leafHash(bytes));
      await new Promise(setImmediate);
    }
  }

  #forked(reason: string): void {
    if (this.#fork !== null) return;
    this.#fork =
      `LEDGER_FORK: ${reason}. Nothing more is written. Bring back the database that was signed; or, when its loss is accepted, ` +
      `stop the server and move the folder "ledger" in its data folder away`;
    this.#tree = null;
    this.#parts.log.error({ fork: this.#fork }, this.#fork);
    this.#parts.onFork(this.#fork);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
