import {
  hashesAtLevel,
  partialTiles,
  readRoot,
  type ReadTile,
  type Tile,
  TILE_WIDTH,
  tileFromBelow,
  tileHashReader,
  tilePath,
  tileRoot,
} from "@clew/schema";

const HASH_BYTES = 32;

export interface TileBytes {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

/**
 * The Merkle tree over the ledger as far as it has grown: the hashes of its right edge are here, at most 255 for each tile level; a
 * tile that is full goes to where tiles are kept and is read from there.
 */
export class TileTree {
  readonly #readKept: ReadTile;
  /** The hashes of the partial tile at each level. */
  readonly #edge: Uint8Array[][];
  /** Full, and not yet said to be kept. */
  readonly #full = new Map<string, TileBytes>();
  #size: number;

  private constructor(readKept: ReadTile, size: number, edge: Uint8Array[][]) {
    this.#readKept = readKept;
    this.#size = size;
    this.#edge = edge;
  }

  /** A tree without leaves. `readKept` reads the full tiles that were taken from here. */
  static empty(readKept: ReadTile): TileTree {
    return new TileTree(readKept, 0, []);
  }

  /**
   * The tree of `size` leaves from kept tiles and the leaf hashes of its last, partial tile. Reads at most 255 tiles a level.
   * @throws when a tile cannot be read.
   */
  static async resume(readKept: ReadTile, size: number, lastLeaves: readonly Uint8Array[]): Promise<TileTree> {
    const tree = new TileTree(readKept, size, [[...lastLeaves]]);
    for (const tile of partialTiles(size).filter(({ level }) => level > 0)) {
      const bytes = await tileFromBelow(tile, readKept);
      tree.#edge[tile.level] = split(bytes);
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** The full tiles that are not yet kept, lower levels first within what one leaf completed. */
  get full(): readonly TileBytes[] {
    return [...this.#full.values()];
  }

  /** These are kept now, and can be read from there. */
  kept(tiles: readonly TileBytes[]): void {
    for (const { tile } of tiles) this.#full.delete(tilePath(tile));
  }

  /** Appends a leaf by its hash. */
  append(leaf: Uint8Array): void {
    this.#size += 1;
    let hash = leaf;
    for (let level = 0; ; level++) {
      const edge = (this.#edge[level] ??= []);
      edge.push(hash);
      if (edge.length < TILE_WIDTH) return;
      const bytes = Buffer.concat(edge);
      const tile = { level, index: hashesAtLevel(this.#size, level + 1) - 1, width: TILE_WIDTH };
      this.#full.set(tilePath(tile), { tile, bytes });
      this.#edge[level] = [];
      hash = tileRoot(bytes);
    }
  }

  root(): Promise<Uint8Array> {
    return readRoot(this.#size, tileHashReader(this.#size, this.readTile));
  }

  /** Any tile of this tree or of what it was at a smaller size. */
  readonly readTile: ReadTile = async (tile) => {
    const { level, index, width } = tile;
    const isEdge = index === Math.floor(hashesAtLevel(this.#size, level) / TILE_WIDTH);
    if (isEdge) return Buffer.concat((this.#edge[level] ?? []).slice(0, width));
    const whole = { level, index, width: TILE_WIDTH };
    const bytes = this.#full.get(tilePath(whole))?.bytes ?? (await this.#readKept(whole));
    return bytes.subarray(0, width * HASH_BYTES);
  };
}

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, n) =>
    bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES),
  );
}
