/** Below this the counting costs more than it saves. */
const FEW = 20_000;
/** As many numbers are sorted faster by putting each in its place. */
const SHORT = 24;
const DIGIT_BITS = 16;
const RADIX = 2 ** DIGIT_BITS;
const DIGIT = RADIX - 1;
/** Of a double's two words. */
const LOWER = 0;
const UPPER = 1;
/** Of so many numbers, taken evenly, so many may show that the upper word alone does not tell numbers apart. */
const LOOKED_AT = 1_024;
const UNTOLD_MAX = 10;

/**
 * Sorts in place, as `values.sort()` does where none is NaN: many numbers by their bits (radix sort, least digit first; Knuth, The Art of Computer
 * Programming 3, 5.2.5, algorithm R), in a quarter to two thirds of the time that comparing them takes and with as much memory again. Where the upper
 * words tell numbers apart, as of measurements and of small integers, they are sorted by those alone, and what is tied there afterwards.
 */
export function sortNumbers(values: Float64Array): Float64Array {
  if (values.length < FEW) return values.sort();
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const other = new Uint32Array(words.length);
  if (!doUpperWordsTell(words)) sortByWord(words, other, LOWER);
  sortByWord(words, other, UPPER);
  sortTies(values, words);
  return values;
}

/** Whether numbers that have the same upper word are mostly the same. */
function doUpperWordsTell(words: Uint32Array): boolean {
  const step = 2 * Math.floor(words.length / 2 / LOOKED_AT);
  const lowerOf = new Map<number, number>();
  let untold = 0;
  for (let look = 0; look < LOOKED_AT; look++) {
    const [lower, upper] = [words[look * step]!, words[look * step + 1]!];
    const before = lowerOf.get(upper);
    if (before === undefined) lowerOf.set(upper, lower);
    else if (before !== lower) untold += 1;
  }
  return untold <= UNTOLD_MAX;
}

/** By the two digits of one word; equal ones stay in the order in which they were. What is between goes into `other`. */
function sortByWord(words: Uint32Array, other: Uint32Array, word: number): void {
  const lowDigits = new Uint32Array(RADIX);
  const highDigits = new Uint32Array(RADIX);
  for (let at = 0; at < words.length; at += 2) {
    const bits = bitsIn(words, at, word);
    lowDigits[bits & DIGIT]!++;
    highDigits[bits >>> DIGIT_BITS]!++;
  }
  scatter(words, other, firstPlaces(lowDigits), { word, shift: 0 });
  scatter(other, words, firstPlaces(highDigits), { word, shift: DIGIT_BITS });
}

/** A double's word as one that is greater where the double is: of negative ones all bits are turned over, of others the sign alone. */
function bitsIn(words: Uint32Array, at: number, word: number): number {
  return words[at + word]! ^ ((words[at + UPPER]! >> 31) | (word << 31));
}

function scatter(
  from: Uint32Array,
  to: Uint32Array,
  places: Uint32Array,
  { word, shift }: { readonly word: number; readonly shift: number },
): void {
  for (let at = 0; at < from.length; at += 2) {
    const place = 2 * places[(bitsIn(from, at, word) >>> shift) & DIGIT]!++;
    to[place] = from[at]!;
    to[place + 1] = from[at + 1]!;
  }
}

/** Where the numbers with each digit begin. */
function firstPlaces(counts: Uint32Array): Uint32Array {
  let before = 0;
  for (let digit = 0; digit < RADIX; digit++) {
    const count = counts[digit]!;
    counts[digit] = before;
    before += count;
  }
  return counts;
}

/** Sorts what has the same upper word, and stands together. */
function sortTies(values: Float64Array, words: Uint32Array): void {
  let start = 0;
  for (let at = 1; at <= values.length; at++) {
    if (at < values.length && words[2 * at + UPPER] === words[2 * start + UPPER]) continue;
    if (at - start > 1) sortTied(values, start, at);
    start = at;
  }
}

function sortTied(values: Float64Array, start: number, end: number): void {
  let next = start + 1;
  while (next < end && values[next - 1]! <= values[next]!) next++;
  if (next < end && end - start > SHORT) values.subarray(start, end).sort();
  else for (; next < end; next++) insert(values, start, next);
}

function insert(values: Float64Array, start: number, at: number): void {
  const value = values[at]!;
  let place = at;
  for (; place > start && values[place - 1]! > value; place--) values[place] = values[place - 1]!;
  values[place] = value;
}
