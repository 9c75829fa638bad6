/** Below this the counting costs more than it saves. */
const FEW = 20_000;
const DIGIT_BITS = 16;
const DIGITS = 4;
const RADIX = 2 ** DIGIT_BITS;
const DIGIT = RADIX - 1;
const SIGN = 0x8000_0000;

/**
 * Sorts in place, as `values.sort()` does where none is NaN: many numbers by their bits (radix sort, least digit first; Knuth, The Art of Computer
 * Programming 3, 5.2.5, algorithm R), in a third of the time that comparing them takes and with as much memory again.
 */
export function sortNumbers(values: Float64Array): Float64Array {
  if (values.length < FEW) return values.sort();
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  turn(words, false);
  byDigits(words);
  turn(words, true);
  return values;
}

/**
 * A double's two words, the lower first, become an integer that is greater where the double is: negative ones are turned over whole, others change
 * their sign alone.
 * @param isBack from such integers to doubles
 */
function turn(words: Uint32Array, isBack: boolean): void {
  for (let low = 0; low < words.length; low += 2) {
    const isNegative = words[low + 1]! >= SIGN !== isBack;
    if (isNegative) words[low]! ^= -1;
    words[low + 1]! ^= isNegative ? -1 : SIGN;
  }
}

/** An even number of passes, so that what was sorted is at last where it was. */
function byDigits(words: Uint32Array): void {
  const places = firstPlaces(words);
  let from = words;
  let to: Uint32Array = new Uint32Array(words.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const word = digit >> 1;
    const shift = (digit & 1) * DIGIT_BITS;
    const first = digit * RADIX;
    for (let low = 0; low < from.length; low += 2) {
      const place = 2 * places[first + ((from[low + word]! >>> shift) & DIGIT)]!++;
      to[place] = from[low]!;
      to[place + 1] = from[low + 1]!;
    }
    [from, to] = [to, from];
  }
}

/** Where the numbers with each digit begin, for each of the four places that a digit may have. */
function firstPlaces(words: Uint32Array): Uint32Array {
  const counts = new Uint32Array(DIGITS * RADIX);
  for (let low = 0; low < words.length; low += 2) {
    const [lower, upper] = [words[low]!, words[low + 1]!];
    counts[lower & DIGIT]!++;
    counts[RADIX + (lower >>> DIGIT_BITS)]!++;
    counts[2 * RADIX + (upper & DIGIT)]!++;
    counts[3 * RADIX + (upper >>> DIGIT_BITS)]!++;
  }
  for (let digit = 0; digit < DIGITS; digit++) {
    let before = 0;
    for (let at = digit * RADIX; at < (digit + 1) * RADIX; at++) {
      const count = counts[at]!;
      counts[at] = before;
      before += count;
    }
  }
  return counts;
}
