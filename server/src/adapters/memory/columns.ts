type Numbers = Int32Array | Uint8Array | Uint16Array | Float64Array;

const FIRST_CAPACITY = 1024;
const DOUBLE_UNTIL = 1 << 20;

/**
 * A column of numbers that grows. What was pushed before stays where it is in `data`, so that a reader may keep `data` and a length
 * while more is pushed: growing makes a new array and leaves the old one.
 */
export class Column<A extends Numbers> {
  data: A;
  length = 0;
  readonly #make: (capacity: number) => A;

  constructor(make: (capacity: number) => A) {
    this.#make = make;
    this.data = make(FIRST_CAPACITY);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(this.length + 1);
    this.data[this.length++] = value;
  }

  reserve(capacity: number): void {
    if (capacity <= this.data.length) return;
    const size = this.data.length;
    const grown = this.#make(Math.max(capacity, size < DOUBLE_UNTIL ? size * 2 : Math.ceil(size * 1.4)));
    grown.set(this.data);
    this.data = grown;
  }

  /** Takes a whole column as it is, instead of what was here. */
  adopt(data: A): void {
    this.data = data;
    this.length = data.length;
  }

  /** Forgets what was pushed after the first `length` numbers. */
  truncate(length: number): void {
    this.length = length;
  }
}

export const int32Column = () => new Column((capacity) => new Int32Array(capacity));
export const uint8Column = () => new Column((capacity) => new Uint8Array(capacity));
export const uint16Column = () => new Column((capacity) => new Uint16Array(capacity));
export const float64Column = () => new Column((capacity) => new Float64Array(capacity));

/** Gives each string a small number, the same string the same one. */
export class Interner {
  readonly values: string[];
  readonly #indexes: Map<string, number>;

  constructor(values: readonly string[] = []) {
    this.values = [...values];
    this.#indexes = new Map(values.map((value, index) => [value, index]));
  }

  of(value: string): number {
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    this.#indexes.set(value, this.values.length);
    return this.values.push(value) - 1;
  }

  /** The number of a string that was interned before; -1 when it was not. */
  find(value: string): number {
    return this.#indexes.get(value) ?? -1;
  }
}
