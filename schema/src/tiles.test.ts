import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consistencyProof, inclusionProof, readRoot, verifyConsistency, verifyInclusion } from "./merkle-proofs.ts";
import { CompactRange, HASH_BYTES, leafHash, treeRoot } from "./merkle.ts";
import {
  completedTiles,
  parseTilePath,
  partialTiles,
  tileFromBelow,
  tileHashReader,
  tilePath,
  tileRoot,
} from "./tiles.ts";

describe("tile paths, as C2SP tlog-tiles writes them", () => {
  it.each([
    ["tile/0/000", { level: 0, index: 0, width: 256 }],
    ["tile/1/x001/x234/067", { level: 1, index: 1234067, width: 256 }],
    ["tile/2/x001/000.p/17", { level: 2, index: 1000, width: 17 }],
    ["tile/5/x123/x456/078.p/2", { level: 5, index: 123456078, width: 2 }],
    ["tile/0/999.p/255", { level: 0, index: 999, width: 255 }],
  ])("%s", (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    "tile/0/00",
    "tile/0/0000",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/123/456",
    "tile/0/x123/x456",
    "tile/0/x000/123",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/07",
    "tile/0/../000",
    "/tile/0/000",
    "tile/0/000\n",
    "tile/0/x999/x999/x999/x999/x999/999",
  ])("refuses %j", (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  it("reads back every path that it writes", () => {
    fc.assert(
      fc.property(fc.nat(63), fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
      }),
    );
  });
});

describe("which tiles a tree has", () => {
  it("70,000 leaves: the example of the specification", () => {
    const full = completedTiles(0, 70_000);
    expect(full.filter((tile) => tile.level === 0)).toHaveLength(273);
    expect(full.filter((tile) => tile.level === 1)).toEqual([{ level: 1, index: 0, width: 256 }]);
    expect(full).toHaveLength(274);
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it("256 leaves: a full tile and a partial one above it", () => {
    expect(completedTiles(0, 256)).toEqual([{ level: 0, index: 0, width: 256 }]);
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(completedTiles(0, 255)).toEqual([]);
    expect(partialTiles(0)).toEqual([]);
  });

  it("growing in steps completes what growing at once completes, each tile once", () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(200_000), (a, b) => {
        const stepwise = [...completedTiles(0, a), ...completedTiles(a, a + b)].map(tilePath);
        expect(stepwise.toSorted()).toEqual(
          completedTiles(0, a + b)
            .map(tilePath)
            .toSorted(),
        );
      }),
      { numRuns: 30 },
    );
  });
});

/** Every tile of a tree of `size` leaves, level 0 from the leaf hashes and each level above from the one below. */
async function buildTiles(leaves: readonly Buffer[]): Promise<Map<string, Buffer>> {
  const tiles = new Map<string, Buffer>();
  const read = async (path: string) => tiles.get(path) ?? Promise.reject(new Error(`no tile ${path}`));
  for (const tile of [...completedTiles(0, leaves.length), ...partialTiles(leaves.length)]) {
    const start = tile.index * 256;
    const bytes =
      tile.level === 0
        ? Buffer.concat(leaves.slice(start, start + tile.width))
        : await tileFromBelow(tile, (below) => read(tilePath(below)));
    tiles.set(tilePath(tile), bytes);
  }
  return tiles;
}

describe("a tree kept in tiles", () => {
  const leaves = Array.from({ length: 66_305 }, (_, n) => leafHash(Buffer.from(`entry ${n}`)));

  it("has the root and the proofs of the tree", async () => {
    const tiles = await buildTiles(leaves);
    const reader = tileHashReader(leaves.length, async (tile) => {
      const bytes = tiles.get(tilePath(tile));
      if (!bytes) throw new Error(`no tile ${tilePath(tile)}`);
      expect(bytes).toHaveLength(tile.width * HASH_BYTES);
      return bytes;
    });
    const root = treeRoot(leaves);
    expect(await readRoot(leaves.length, reader)).toEqual(root);
    for (const index of [0, 255, 256, 65_535, 65_536, 66_304]) {
      const proof = await inclusionProof(index, leaves.length, reader);
      expect(
        verifyInclusion({ index, size: leaves.length, leaf: leafHash(Buffer.from(`entry ${index}`)), root, proof }),
      ).toBe(true);
    }
    const half = new CompactRange();
    for (const leaf of leaves.slice(0, 40_001)) half.append(leaf);
    const proof = await consistencyProof(40_001, leaves.length, reader);
    const claim = { first: 40_001, second: leaves.length, firstRoot: half.root(), secondRoot: root, proof };
    expect(verifyConsistency(claim)).toBe(true);
  });

  it("a node outside the tree, and the root of a partial tile, are refused", async () => {
    const reader = tileHashReader(300, async () => Buffer.alloc(44 * HASH_BYTES));
    await expect(reader(0, 300)).rejects.toThrow(RangeError);
    await expect(reader(8, 1)).rejects.toThrow(RangeError);
    expect(() => tileRoot(Buffer.alloc(44 * HASH_BYTES))).toThrow(RangeError);
  });
});
