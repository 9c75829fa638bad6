import { z } from "zod";
import { hash53 } from "./hash.ts";
import { categoricalSample, type FeatureSample, numericSample } from "./samples.ts";

const SampledColumn = z.strictObject({ name: z.string(), kind: z.enum(["numeric", "categorical"]) });
export type SampledColumn = z.infer<typeof SampledColumn>;

/** A number or a category; null where it is missing. */
const Cell = z.union([z.number(), z.string(), z.null()]);
type Cell = z.infer<typeof Cell>;

/** A window's sample as JSON: what a checkpoint holds. */
const WindowSampleState = z
  .strictObject({
    v: z.literal(1),
    seed: z.int().min(0).max(0xffff_ffff),
    capacity: z.int().positive(),
    columns: z.array(SampledColumn),
    priorities: z.array(z.int().nonnegative()).describe("Ascending; at most one more than the capacity."),
    values: z.array(z.array(Cell)).describe("For each column its values, in the order of the priorities."),
  })
  .refine(({ columns, values }) => columns.length === values.length, "a list of values for each column")
  .refine(
    ({ priorities, values }) => values.every((column) => column.length === priorities.length),
    "a value for each row",
  );
export type WindowSampleState = z.infer<typeof WindowSampleState>;

export interface WindowSampleOptions {
  readonly columns: readonly SampledColumn[];
  /** So many rows are kept; windows of no more are kept whole. */
  readonly capacity?: number;
  readonly seed?: number;
}

/** The tests of what 10,000 rows show are surer of every effect above the default floors than they need be. */
const DEFAULT_CAPACITY = 10_000;

/**
 * A uniform sample of a window's rows in bounded memory: the rows whose ids have the least hashes (bottom-k; Cohen and Kaplan 2007). It
 * depends on the set of rows alone, not on their order, on how they were cut into slices, or on how often a row came: a message that is
 * delivered again counts once, and merging is exact.
 */
export class WindowSample {
  readonly columns: readonly SampledColumn[];
  readonly capacity: number;
  readonly seed: number;
  /** By the hash of the id. The least, one more than the capacity: that one says how dense the hashes are. Until pruned, twice as many. */
  #rows = new Map<number, readonly Cell[]>();
  /** Rows with a greater hash are not among the least. */
  #bound = Number.POSITIVE_INFINITY;

  constructor({ columns, capacity = DEFAULT_CAPACITY, seed = 0 }: WindowSampleOptions) {
    this.columns = columns;
    this.capacity = capacity;
    this.seed = seed;
  }

  /** @throws {ZodError} where this is no sample's state. */
  static fromJSON(state: unknown): WindowSample {
    const { priorities, values, ...options } = WindowSampleState.parse(state);
    const sample = new WindowSample(options);
    for (const [row, priority] of priorities.entries())
      sample.#keep(
        priority,
        values.map((column) => column[row]!),
      );
    return sample;
  }

  /** @param id what the row is known by, such as its inference's id. What is not of its column's kind counts as missing. */
  add(id: string, row: Readonly<Record<string, unknown>>): void {
    const priority = hash53(id, this.seed);
    if (priority > this.#bound || this.#rows.has(priority)) return;
    this.#keep(
      priority,
      this.columns.map(({ name, kind }) => cellOf(row[name], kind)),
    );
  }

  /** Takes over the rows of another sample. @throws {RangeError} where its columns, capacity or seed are not the same. */
  merge(other: WindowSample): void {
    if (termsOf(other) !== termsOf(this))
      throw new RangeError("samples of other columns, capacity or seed do not merge");
    for (const [priority, row] of other.#rows) if (!this.#rows.has(priority)) this.#keep(priority, row);
  }

  /** The rows that are kept. */
  get size(): number {
    return Math.min(this.#rows.size, this.capacity);
  }

  /** How many different rows were added: exact up to the capacity, beyond it within about 1 / √capacity of itself. */
  get rows(): number {
    if (this.#rows.size <= this.capacity) return this.#rows.size;
    this.#prune();
    return Math.round((this.capacity / this.#bound) * 2 ** 53);
  }

  /** The features' samples, of all rows or of a slice: those that `accepts` takes. */
  samples(accepts?: (row: Readonly<Record<string, Cell>>) => boolean): Map<string, FeatureSample> {
    const kept = this.#sorted()
      .slice(0, this.capacity)
      .map(([, row]) => row);
    const rows = accepts === undefined ? kept : this.#accepted(kept, accepts);
    return new Map(this.columns.map(({ name, kind }, column) => [name, sampleOf(rows, column, kind)]));
  }

  /** One object stands for each row in its turn: one of its own for each of many rows and columns takes ten times as long. */
  #accepted(rows: (readonly Cell[])[], accepts: (row: Readonly<Record<string, Cell>>) => boolean): (readonly Cell[])[] {
    let current: readonly Cell[] = [];
    const columns = this.columns.map(({ name }, column) => [name, { enumerable: true, get: () => current[column]! }]);
    const view = Object.defineProperties({}, Object.fromEntries(columns)) as Readonly<Record<string, Cell>>;
    return rows.filter((row) => {
      current = row;
      return accepts(view);
    });
  }

  toJSON(): WindowSampleState {
    const rows = this.#sorted();
    return {
      v: 1,
      seed: this.seed,
      capacity: this.capacity,
      columns: [...this.columns],
      priorities: rows.map(([priority]) => priority),
      values: this.columns.map((_, column) => rows.map(([, row]) => row[column]!)),
    };
  }

  #keep(priority: number, row: readonly Cell[]): void {
    this.#rows.set(priority, row);
    if (this.#rows.size > 2 * this.capacity) this.#prune();
  }

  #prune(): void {
    const priorities = Float64Array.from(this.#rows.keys()).sort();
    this.#bound = priorities[this.capacity] ?? Number.POSITIVE_INFINITY;
    for (const priority of priorities.subarray(this.capacity + 1)) this.#rows.delete(priority);
  }

  #sorted(): [number, readonly Cell[]][] {
    this.#prune();
    return [...this.#rows].sort(([a], [b]) => a - b);
  }
}

function termsOf({ columns, capacity, seed }: WindowSample): string {
  return JSON.stringify([seed, capacity, columns.map(({ name, kind }) => [name, kind])]);
}

function cellOf(value: unknown, kind: SampledColumn["kind"]): Cell {
  if (kind === "numeric") {
    const number = typeof value === "boolean" || typeof value === "bigint" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : null;
  }
  if (typeof value === "string") return value;
  const isPlain = typeof value === "boolean" || typeof value === "bigint" || Number.isFinite(value);
  return isPlain ? String(value) : null;
}

function sampleOf(rows: readonly (readonly Cell[])[], column: number, kind: SampledColumn["kind"]): FeatureSample {
  if (kind === "categorical") return categoricalSample(textsIn(rows, column));
  // A loop, because the `from` of typed arrays is ten times slower.
  const numbers = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]![column];
    numbers[row] = typeof value === "number" ? value : Number.NaN;
  }
  return numericSample(numbers);
}

function* textsIn(rows: readonly (readonly Cell[])[], column: number): Generator<string | null> {
  for (const row of rows) {
    const value = row[column]!;
    yield value === null ? null : String(value);
  }
}
