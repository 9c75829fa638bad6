import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  consistencyProof,
  inclusionProof,
  readCompactState,
  readRoot,
  verifyConsistency,
  verifyInclusion,
} from "./merkle-proofs.ts";
import { CompactRange, emptyRoot, leafHash, nodeHash, treeRoot } from "./merkle.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
function nth<T>(list: readonly T[], n: number): T {
  const [item] = list.slice(n, n + 1);
  if (item === undefined) throw new RangeError(`there is no item ${n}`);
  return item;
}
const unhex = (text: string) => Buffer.from(text, "hex");

/** RFC 6962 section 2.1 word for word, with node:crypto's streaming interface. */
function naiveRoot(records: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]) => {
    const state = createHash("sha256");
    for (const part of parts) state.update(part);
    return state.digest();
  };
  if (records.length === 0) return sha();
  if (records.length === 1) return sha(Buffer.of(0), ...records);
  let k = 1;
  while (k * 2 < records.length) k *= 2;
  return sha(Buffer.of(1), naiveRoot(records.slice(0, k)), naiveRoot(records.slice(k)));
}

const readerOf = (records: readonly Uint8Array[]) => async (level: number, index: number) => {
  const width = 2 ** level;
  const end = (index + 1) * width;
  if (end > records.length) throw new RangeError(`node (${level}, ${index}) is not in a tree of ${records.length}`);
  return naiveRoot(records.slice(index * width, end));
};

// The eight inputs, their roots and proofs of the certificate-transparency reference implementation.
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  unhex,
);
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const INCLUSION = [
  { index: 0, size: 1, proof: [] },
  {
    index: 0,
    size: 8,
    proof: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    size: 8,
    proof: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  { index: 2, size: 3, proof: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"] },
  {
    index: 1,
    size: 5,
    proof: [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
];
const CONSISTENCY = [
  { first: 1, second: 1, proof: [] },
  {
    first: 1,
    second: 8,
    proof: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    first: 6,
    second: 8,
    proof: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    first: 2,
    second: 5,
    proof: [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
  {
    first: 6,
    second: 7,
    proof: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
];

describe("hashes, against the certificate-transparency reference", () => {
  it("hashes nothing, an empty leaf and a leaf", () => {
    expect(hex(emptyRoot())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(hex(leafHash(Buffer.alloc(0)))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    expect(hex(leafHash(Buffer.from("L123456")))).toBe(
      "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
    );
  });

  it("a node over two leaf hashes is no leaf hash of the same bytes", () => {
    const [a, b] = [leafHash(Buffer.from("a")), leafHash(Buffer.from("b"))];
    expect(nodeHash(a, b)).not.toEqual(leafHash(Buffer.concat([a, b])));
    expect(nodeHash(a, b)).not.toEqual(nodeHash(b, a));
    expect(() => nodeHash(a, b.subarray(1))).toThrow(RangeError);
  });

  it("gives the eight known roots, leaf by leaf and record by record", () => {
    const byHash = new CompactRange();
    const byRecord = new CompactRange();
    for (const [n, record] of LEAVES.entries()) {
      byHash.append(leafHash(record));
      byRecord.appendRecord(record);
      expect(hex(byHash.root())).toBe(ROOTS[n]);
      expect(hex(byRecord.root())).toBe(ROOTS[n]);
    }
  });
});

describe("proofs, against the certificate-transparency reference", () => {
  it.each(INCLUSION)("inclusion of leaf $index in $size", async ({ index, size, proof }) => {
    const made = await inclusionProof(index, size, readerOf(LEAVES));
    expect(made.map(hex)).toEqual(proof);
    const claim = { index, size, leaf: leafHash(nth(LEAVES, index)), root: unhex(nth(ROOTS, size - 1)), proof: made };
    expect(verifyInclusion(claim)).toBe(true);
  });

  it.each(CONSISTENCY)("consistency of $first with $second", async ({ first, second, proof }) => {
    const made = await consistencyProof(first, second, readerOf(LEAVES));
    expect(made.map(hex)).toEqual(proof);
    const [firstRoot, secondRoot] = [unhex(nth(ROOTS, first - 1)), unhex(nth(ROOTS, second - 1))];
    expect(verifyConsistency({ first, second, firstRoot, secondRoot, proof: made })).toBe(true);
  });
});

const records = (min: number) => fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: min, maxLength: 70 });

describe("against RFC 6962 taken word for word", () => {
  it("roots, and growing on from any saved state", () => {
    fc.assert(
      fc.property(records(0), fc.nat(), (all, cut) => {
        const range = new CompactRange();
        const at = cut % (all.length + 1);
        for (const record of all.slice(0, at)) range.appendRecord(record);
        const resumed = new CompactRange(range.state);
        for (const record of all.slice(at)) resumed.append(leafHash(record));
        expect(resumed.size).toBe(all.length);
        expect(hex(range.root())).toBe(hex(naiveRoot(all.slice(0, at))));
        expect(hex(resumed.root())).toBe(hex(naiveRoot(all)));
        expect(hex(treeRoot(all.map(leafHash)))).toBe(hex(naiveRoot(all)));
      }),
    );
  });

  it("a state and a root read out of the tree are those of appending", async () => {
    await fc.assert(
      fc.asyncProperty(records(0), async (all) => {
        const range = new CompactRange();
        for (const record of all) range.appendRecord(record);
        const read = await readCompactState(all.length, readerOf(all));
        expect(read.hashes.map(hex)).toEqual(range.state.hashes.map(hex));
        expect(hex(await readRoot(all.length, readerOf(all)))).toBe(hex(range.root()));
      }),
    );
  });

  it("every inclusion proof verifies, and none for another place, leaf, root or proof", async () => {
    await fc.assert(
      fc.asyncProperty(records(1), fc.nat(), fc.nat(), fc.nat(255), async (all, seed, where, bit) => {
        const size = all.length;
        const index = seed % size;
        const proof = await inclusionProof(index, size, readerOf(all));
        const claim = { index, size, leaf: leafHash(nth(all, index)), root: naiveRoot(all), proof };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(claim.root, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: size })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, claim.root] })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [claim.root, ...proof] })).toBe(false);
        for (const wrong of corruptions(proof, where, bit))
          expect(verifyInclusion({ ...claim, proof: wrong })).toBe(false);
        for (const other of [index - 1, index + 1, 0.5, Number.NaN]) {
          const isSame = all[other] !== undefined && Buffer.compare(all[other], nth(all, index)) === 0;
          if (!isSame) expect(verifyInclusion({ ...claim, index: other })).toBe(false);
        }
      }),
    );
  });

  it("every consistency proof verifies, and none that was changed", async () => {
    await fc.assert(
      fc.asyncProperty(records(2), fc.nat(), fc.nat(), fc.nat(255), async (all, seed, where, bit) => {
        const second = all.length;
        const first = 1 + (seed % (second - 1));
        const proof = await consistencyProof(first, second, readerOf(all));
        const claim = { first, second, firstRoot: naiveRoot(all.slice(0, first)), secondRoot: naiveRoot(all), proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, firstRoot: flipped(claim.firstRoot, bit) })).toBe(false);
        expect(verifyConsistency({ ...claim, secondRoot: flipped(claim.secondRoot, bit) })).toBe(false);
        expect(verifyConsistency({ ...claim, first: second, second: first })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [] })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, claim.firstRoot] })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [claim.secondRoot, ...proof] })).toBe(false);
        for (const wrong of corruptions(proof, where, bit))
          expect(verifyConsistency({ ...claim, proof: wrong })).toBe(false);
      }),
    );
  });

  it("a rewritten entry makes no proof that fits the old root", async () => {
    const all = Array.from({ length: 21 }, (_, n) => Buffer.from(`entry ${n}`));
    const forged = all.map((record, n) => (n === 4 ? Buffer.from("another") : record));
    const proof = await consistencyProof(13, 21, readerOf(forged));
    const claim = {
      first: 13,
      second: 21,
      firstRoot: naiveRoot(all.slice(0, 13)),
      secondRoot: naiveRoot(forged),
      proof,
    };
    expect(verifyConsistency(claim)).toBe(false);
  });
});

describe("edges", () => {
  const root = Buffer.from(nth(ROOTS, 0), "hex");

  it("the empty tree is a beginning of every tree, by its own root only", () => {
    expect(verifyConsistency({ first: 0, second: 1, firstRoot: emptyRoot(), secondRoot: root, proof: [] })).toBe(true);
    expect(verifyConsistency({ first: 0, second: 1, firstRoot: root, secondRoot: root, proof: [] })).toBe(false);
    expect(verifyConsistency({ first: 1, second: 1, firstRoot: root, secondRoot: root, proof: [root] })).toBe(false);
  });

  it("a proof for a larger tree is none for a smaller one that is said to have its root", async () => {
    const proof = await inclusionProof(1, 2, readerOf(LEAVES));
    const claim = { index: 1, size: 2, leaf: leafHash(nth(LEAVES, 1)), root: unhex(nth(ROOTS, 1)), proof };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: 0, size: 1 })).toBe(false);
  });

  it("asks for what cannot be are refused", async () => {
    await expect(inclusionProof(3, 3, readerOf(LEAVES))).rejects.toThrow(RangeError);
    await expect(consistencyProof(4, 3, readerOf(LEAVES))).rejects.toThrow(RangeError);
    expect(() => new CompactRange({ size: 3, hashes: [root] })).toThrow(RangeError);
    expect(() => new CompactRange({ size: 1, hashes: [root.subarray(1)] })).toThrow(RangeError);
    expect(() => new CompactRange().append(root.subarray(1))).toThrow(RangeError);
  });

  it("sizes above 2^32 keep their bits", () => {
    const size = 2 ** 40 + 1;
    const big = new CompactRange({ size, hashes: [root, root] });
    big.append(root);
    expect(big.state.hashes.map(hex)).toEqual([hex(root), hex(nodeHash(root, root))]);
    expect(big.size).toBe(2 ** 40 + 2);
  });
});

function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit % 8)), at);
  return copy;
}

/** The proof with a bit flipped, an element missing, one too short, and its elements reversed. */
function corruptions(proof: readonly Uint8Array[], where: number, bit: number): Uint8Array[][] {
  if (proof.length === 0) return [];
  const at = where % proof.length;
  const reversed = [...proof].toReversed();
  const isPalindrome = reversed.every((hash, n) => Buffer.compare(hash, nth(proof, n)) === 0);
  return [
    proof.with(at, flipped(nth(proof, at), bit)),
    proof.toSpliced(at, 1),
    proof.with(at, nth(proof, at).subarray(1)),
    ...(isPalindrome ? [] : [reversed]),
  ];
}
