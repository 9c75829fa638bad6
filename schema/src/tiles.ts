import type { HashAt } from "./merkle-proofs.ts";
import { HASH_BYTES, checkedSize, nodeHash, treeRoot } from "./merkle.ts";

/**
 * The layout of C2SP tlog-tiles: the tree's hashes in immutable files of 256. Hash i of tile n at tile level L covers the leaves from
 * (256n + i)·256^L on, 256^L of them.
 */

export const TILE_WIDTH = 256;
export const FULL_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
/** Tree levels from one tile level to the next. */
const TILE_HEIGHT = 8;

/** `width` is 256 for a full tile, 1 to 255 for a partial one. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** `tile/<L>/<N>`, with `.p/<W>` for a partial tile; N in groups of three digits: 1234067 is `x001/x234/067`. */
export function tilePath({ level, index, width }: Tile): string {
  const full = `tile/${level}/${indexPath(index)}`;
  return width === TILE_WIDTH ? full : `${full}.p/${width}`;
}

function indexPath(index: number): string {
  const digits = String(checkedSize(index));
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** The tile that a path names; null for any text that `tilePath` would not have written. */
export function parseTilePath(path: string): Tile | null {
  const match = /^tile\/(\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (!match) return null;
  const [, level, groups, width] = match;
  const tile = {
    level: Number(level),
    index: Number(groups!.replaceAll(/[x/]/g, "")),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isCanonical = Number.isSafeInteger(tile.index) && tilePath(tile) === path;
  return isCanonical && tile.level < 64 && tile.width > 0 ? tile : null;
}

/** How many hashes the tree of `size` leaves has at a tile level. */
export function hashesAtLevel(size: number, level: number): number {
  return Math.floor(checkedSize(size) / TILE_WIDTH ** level);
}

/** The full tiles that a tree of `to` leaves has and the tree of `from` leaves had not, lower levels first. */
export function completedTiles(from: number, to: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAtLevel(to, level + 1) > 0; level += 1) {
    const end = hashesAtLevel(to, level + 1);
    for (let index = hashesAtLevel(from, level + 1); index < end; index += 1) {
      tiles.push({ level, index, width: TILE_WIDTH });
    }
  }
  return tiles;
}

/** The partial tiles of the tree of `size` leaves, at most one each level, lower levels first. */
export function partialTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
    const hashes = hashesAtLevel(size, level);
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: (hashes - width) / TILE_WIDTH, width });
  }
  return tiles;
}

/** The hashes in a tile's bytes, as views. @throws {RangeError} when the bytes are not 1 to 256 hashes. */
export function tileHashes(bytes: Uint8Array): Uint8Array[] {
  const count = bytes.length / HASH_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > TILE_WIDTH)
    throw new RangeError(`${bytes.length} bytes are no tile`);
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));
}

/** The hash that stands for a full tile in the tile level above. @throws {RangeError} for a partial tile. */
export function tileRoot(bytes: Uint8Array): Buffer {
  if (bytes.length !== FULL_TILE_BYTES) throw new RangeError("a partial tile has no hash in the level above");
  return treeRoot(tileHashes(bytes));
}

/**
 * The bytes of a tile at level 1 or above, from the full tiles below it: tile n of level L holds the roots of the tiles 256n and
 * following of level L − 1. `readTile` is called for full tiles only.
 */
export async function tileFromBelow(tile: Tile, readTile: ReadTile): Promise<Buffer> {
  const below = Array.from({ length: tile.width }, (_, n) => ({
    level: tile.level - 1,
    index: tile.index * TILE_WIDTH + n,
    width: TILE_WIDTH,
  }));
  return Buffer.concat(await Promise.all(below.map(async (child) => tileRoot(await readTile(child)))));
}

/** Reads a tile's bytes, `width` hashes of 32 bytes. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>;

/** Reads nodes of the tree of `size` leaves out of its tiles: what the proofs of merkle-proofs.ts are made from. */
export function tileHashReader(size: number, readTile: ReadTile): HashAt {
  return async (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const span = 2 ** (level % TILE_HEIGHT);
    const first = index * span;
    const tileIndex = Math.floor(first / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, hashesAtLevel(size, tileLevel) - tileIndex * TILE_WIDTH);
    const offset = first - tileIndex * TILE_WIDTH;
    if (offset + span > width) throw new RangeError(`a tree of ${size} leaves has no node (${level}, ${index})`);
    const hashes = tileHashes(await readTile({ level: tileLevel, index: tileIndex, width }));
    return perfectRoot(hashes.slice(offset, offset + span));
  };
}

/** The root over a power of two of hashes. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0]!;
  const pairs = Array.from({ length: hashes.length / 2 }, (_, n) => nodeHash(hashes[2 * n]!, hashes[2 * n + 1]!));
  return perfectRoot(pairs);
}
