import { type CompactState, HASH_BYTES, checkedSize, emptyRoot, nodeHash } from "./merkle.ts";

/** Reads the hash of node (level, index) of a perfect subtree that lies wholly inside the tree. */
export type HashAt = (level: number, index: number) => Promise<Uint8Array>;

/** The leaves from `start` to before `end`; `start` is a multiple of the smallest power of two that is not below `end - start`. */
interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The audit path for leaf `index` in the tree of `size` leaves, RFC 9162 section 2.1.3.1, nearest sibling first.
 * @throws {RangeError} when the tree has no such leaf.
 */
export async function inclusionProof(index: number, size: number, hashAt: HashAt): Promise<Uint8Array[]> {
  checkedSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  }
  return hashesOf(pathRanges(index, { start: 0, end: size }), hashAt);
}

/**
 * Proves that the tree of `first` leaves is a beginning of the tree of `second` leaves, RFC 9162 section 2.1.4.1. Empty when the sizes
 * are equal or `first` is 0.
 * @throws {RangeError} when `first` is larger than `second`.
 */
export async function consistencyProof(first: number, second: number, hashAt: HashAt): Promise<Uint8Array[]> {
  if (checkedSize(first) > checkedSize(second)) throw new RangeError(`${first} leaves are no beginning of ${second}`);
  if (first === 0 || first === second) return [];
  return hashesOf(consistencyRanges(first, second), hashAt);
}

/** What a `CompactRange` needs to grow on from the tree of `size` leaves. */
export async function readCompactState(size: number, hashAt: HashAt): Promise<CompactState> {
  const nodes = perfectSubtrees({ start: 0, end: checkedSize(size) });
  return { size, hashes: await Promise.all(nodes.map(([level, index]) => hashAt(level, index))) };
}

/** The root of the tree of `size` leaves. */
export async function readRoot(size: number, hashAt: HashAt): Promise<Uint8Array> {
  if (checkedSize(size) === 0) return emptyRoot();
  return rangeHash({ start: 0, end: size }, hashAt);
}

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof shows that the tree with this root holds this leaf hash at `index`; RFC 9162 section 2.1.3.2. Never throws. */
export function verifyInclusion({ index, size, leaf, root, proof }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, root, ...proof].every(isHash)) return false;
  const place = { fn: index, sn: size - 1 };
  let hash = leaf;
  for (const sibling of proof) {
    if (place.sn === 0) return false;
    hash = isRight(place) ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    climb(place);
  }
  return place.sn === 0 && isEqual(hash, root);
}

export interface ConsistencyClaim {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof shows that the first tree is a beginning of the second; RFC 9162 section 2.1.4.2. Never throws. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (![firstRoot, secondRoot, ...proof].every(isHash)) return false;
  if (first === second) return proof.length === 0 && isEqual(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0 && isEqual(firstRoot, emptyRoot());
  return proof.length > 0 && replays(claim);
}

function replays({ first, second, firstRoot, secondRoot, proof }: ConsistencyClaim): boolean {
  const place = { fn: first - 1, sn: second - 1 };
  while (place.fn % 2 === 1) halve(place);
  // A first tree that is perfect is its own first node, which the proof then leaves out.
  const [start, ...rest] = place.fn === 0 ? [firstRoot, ...proof] : proof;
  let old = start!;
  let grown = start!;
  for (const sibling of rest) {
    if (place.sn === 0) return false;
    if (isRight(place)) {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
    } else grown = nodeHash(grown, sibling);
    climb(place);
  }
  return place.sn === 0 && isEqual(old, firstRoot) && isEqual(grown, secondRoot);
}

/** A node on the way up: `fn` is its index in its level, `sn` the index of that level's last node (the names of RFC 9162). */
interface Place {
  fn: number;
  sn: number;
}

function halve(place: Place): void {
  place.fn = Math.floor(place.fn / 2);
  place.sn = Math.floor(place.sn / 2);
}

function isRight({ fn, sn }: Place): boolean {
  return fn % 2 === 1 || fn === sn;
}

/** One level up; a last node without a sibling of its own rises to the level where it has one. */
function climb(place: Place): void {
  if (place.fn === place.sn) while (place.fn % 2 === 0 && place.fn !== 0) halve(place);
  halve(place);
}

function pathRanges(index: number, tree: LeafRange): LeafRange[] {
  const ranges: LeafRange[] = [];
  let { start, end } = tree;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    ranges.push(index < middle ? { start: middle, end } : { start, end: middle });
    if (index < middle) end = middle;
    else start = middle;
  }
  return ranges.toReversed();
}

function consistencyRanges(first: number, second: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = second;
  while (first !== end) {
    const middle = start + largestPowerBelow(end - start);
    ranges.push(first <= middle ? { start: middle, end } : { start, end: middle });
    if (first <= middle) end = middle;
    else start = middle;
  }
  // The verifier knows the first tree's root, but no part of it.
  if (start > 0) ranges.push({ start, end });
  return ranges.toReversed();
}

function hashesOf(ranges: readonly LeafRange[], hashAt: HashAt): Promise<Uint8Array[]> {
  return Promise.all(ranges.map((range) => rangeHash(range, hashAt)));
}

async function rangeHash(range: LeafRange, hashAt: HashAt): Promise<Uint8Array> {
  const nodes = perfectSubtrees(range);
  const hashes = await Promise.all(nodes.map(([level, index]) => hashAt(level, index)));
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The perfect subtrees that make up a range, the largest and leftmost first, as (level, index). */
function perfectSubtrees({ start, end }: LeafRange): [level: number, index: number][] {
  const nodes: [number, number][] = [];
  for (let at = start; at < end; ) {
    const level = Math.floor(Math.log2(end - at));
    const width = 2 ** level;
    nodes.push([level, at / width]);
    at += width;
  }
  return nodes;
}

/** The largest power of two below `size`, which is at least 2. */
function largestPowerBelow(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
