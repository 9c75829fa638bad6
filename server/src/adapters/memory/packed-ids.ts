import { Interner, int32Column, uint16Column } from "./columns.ts";

const WORDS = 4;
const DIGITS_A_WORD = 8;
const HEX_DIGITS = WORDS * DIGITS_A_WORD;
const UUID_DASHES: readonly number[] = [8, 13, 18, 23];
const DASH = "-".charCodeAt(0);
const FIRST_SLOTS = 2048;
const EMPTY = -1;
/** What is in no node's kind: a prefix's number and the form are 15 bits and one. */
const TEXT = 0xffff;
const MAX_PREFIXES = TEXT >> 1;

/**
 * The ids of all nodes, numbered from 0. What follows the type in a node's id (`NodeId` in @clew/schema) is 32 hexadecimal digits or a UUID:
 * either is 16 bytes here, found by an open-addressed table of 4-byte numbers, where a string with its entry in a `Map` takes about 150.
 * An id of any other form is kept as a string.
 */
export class PackedIds {
  /** Of each id: twice its prefix's number, and one more for a UUID; or `TEXT`. */
  readonly kinds = uint16Column();
  /** Four words of each id, 8 digits each; of a `TEXT` the first is its number in `#texts`. */
  readonly words = int32Column();
  readonly #prefixes: Interner;
  readonly #texts: string[];
  readonly #textIndexes = new Map<string, number>();
  /** Numbers of ids, each at the first free slot from its hash on; at least twice as many as there are ids. */
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  /** The words that were parsed last. */
  readonly #parsed = new Int32Array(WORDS);

  constructor(prefixes: readonly string[] = [], texts: readonly string[] = []) {
    this.#prefixes = new Interner(prefixes);
    this.#texts = [...texts];
  }

  get length(): number {
    return this.kinds.length;
  }

  /** What `kinds` and `words` refer to by number. */
  get named(): { prefixes: string[]; texts: string[] } {
    return { prefixes: [...this.#prefixes.values], texts: [...this.#texts] };
  }

  /** The number of an id; -1 when it is not here. */
  find(id: string): number {
    const colon = this.#parse(id);
    const packed = colon === -1 ? EMPTY : this.#slots[this.#slotOf(id, colon)]!;
    return packed === EMPTY && this.#texts.length > 0 ? (this.#textIndexes.get(id) ?? EMPTY) : packed;
  }

  /** Adds an id that is not here. */
  push(id: string): void {
    if ((this.length + 1) * 2 > this.#slots.length) this.#index(this.#slots.length * 2);
    const kind = this.#kindOf(id, this.#parse(id));
    if (kind === TEXT) this.#parsed.fill(0)[0] = this.#texts.push(id) - 1;
    this.kinds.push(kind);
    for (let word = 0; word < WORDS; word++) this.words.push(this.#parsed[word]!);
    this.#enter(this.length - 1);
  }

  at(index: number): string {
    const kind = this.kinds.data[index]!;
    const first = index * WORDS;
    if (kind === TEXT) return this.#texts[this.words.data[first]!]!;
    const [a, b, c, d] = [0, 1, 2, 3].map((word) => digitsOf(this.words.data[first + word]!)) as [
      string,
      string,
      string,
      string,
    ];
    const prefix = this.#prefixes.values[kind >> 1]!;
    if ((kind & 1) === 0) return `${prefix}:${a}${b}${c}${d}`;
    return `${prefix}:${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
  }

  /** Below 0 when the first comes before the second in order of the ids as strings; 0 when they are one. */
  compare(index: number, other: number): number {
    const kinds = this.kinds.data;
    if (kinds[index] === TEXT || kinds[index] !== kinds[other]) return compareStrings(this.at(index), this.at(other));
    const words = this.words.data;
    for (let word = 0; word < WORDS; word++) {
      const [here, there] = [words[index * WORDS + word]! >>> 0, words[other * WORDS + word]! >>> 0];
      if (here !== there) return here - there;
    }
    return 0;
  }

  /** Forgets all but the first `count`. */
  truncate(count: number): void {
    for (const [text, index] of this.#textIndexes) if (index >= count) this.#textIndexes.delete(text);
    this.kinds.truncate(count);
    this.words.truncate(count * WORDS);
    this.#index(this.#slots.length);
  }

  /** Makes the look-up anew, after columns were taken over whole. */
  index(): void {
    let slots = FIRST_SLOTS;
    while (slots < this.length * 2) slots *= 2;
    this.#index(slots);
  }

  #index(slots: number): void {
    this.#slots = new Int32Array(slots).fill(EMPTY);
    for (let index = 0; index < this.length; index++) this.#enter(index);
  }

  #enter(index: number): void {
    const words = this.words.data;
    const first = index * WORDS;
    if (this.kinds.data[index] === TEXT) return void this.#textIndexes.set(this.#texts[words[first]!]!, index);
    let slot = this.#firstSlot(words[first + 2]!, words[first + 3]!);
    while (this.#slots[slot] !== EMPTY) slot = this.#after(slot);
    this.#slots[slot] = index;
  }

  /** The slot of the id whose words were parsed, or a free one. */
  #slotOf(id: string, colon: number): number {
    const { data: words } = this.words;
    const [a, b, c, d] = [this.#parsed[0], this.#parsed[1], this.#parsed[2], this.#parsed[3]];
    for (let slot = this.#firstSlot(c!, d!); ; slot = this.#after(slot)) {
      const index = this.#slots[slot]!;
      if (index === EMPTY) return slot;
      const at = index * WORDS;
      const isSame = words[at + 3] === d && words[at + 2] === c && words[at + 1] === b && words[at] === a;
      if (isSame && this.#isKind(this.kinds.data[index]!, id, colon)) return slot;
    }
  }

  /** Both forms end in digits that are spread evenly: they are the hash. */
  #firstSlot(c: number, d: number): number {
    return (c ^ d) & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #isKind(kind: number, id: string, colon: number): boolean {
    const prefix = this.#prefixes.values[kind >> 1]!;
    return (kind & 1) === formOf(id, colon) && prefix.length === colon && id.startsWith(prefix);
  }

  #kindOf(id: string, colon: number): number {
    if (colon === -1) return TEXT;
    const prefix = id.slice(0, colon);
    const isFull = this.#prefixes.values.length === MAX_PREFIXES && this.#prefixes.find(prefix) === -1;
    return isFull ? TEXT : this.#prefixes.of(prefix) * 2 + formOf(id, colon);
  }

  /** Where the colon is in an id of either form, whose words are in `#parsed` then; -1 for any other. */
  #parse(id: string): number {
    const colon = id.indexOf(":");
    const length = id.length - colon - 1;
    if (length !== HEX_DIGITS && length !== HEX_DIGITS + UUID_DASHES.length) return -1;
    return colon !== -1 && readWords(id, colon + 1, this.#parsed) ? colon : -1;
  }
}

function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** 1 for a UUID, 0 for digits alone. */
function formOf(id: string, colon: number): 0 | 1 {
  return id.length - colon - 1 === HEX_DIGITS ? 0 : 1;
}

/** Reads four words of digits from `start` on, with or without the dashes of a UUID; false when something else stands there. */
function readWords(id: string, start: number, into: Int32Array): boolean {
  const isUuid = id.length - start > HEX_DIGITS;
  let at = start;
  for (let word = 0; word < WORDS; word++) {
    let bits = 0;
    for (let digit = 0; digit < DIGITS_A_WORD; digit++) {
      if (isUuid && UUID_DASHES.includes(at - start) && id.charCodeAt(at++) !== DASH) return false;
      const value = digitOf(id.charCodeAt(at++));
      if (value < 0) return false;
      bits = (bits << 4) | value;
    }
    into[word] = bits;
  }
  return true;
}

/** The value of a hexadecimal digit in lower case; negative for anything else. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

function digitsOf(word: number): string {
  return (word >>> 0).toString(16).padStart(DIGITS_A_WORD, "0");
}
