import type { ArrowType } from "../../core/arrows.ts";
import type { AsOf, Position } from "../../ports/lineage-graph.ts";
import { ARROW_NUMBERS, ENDED, type GraphTable } from "./graph-table.ts";

const NEVER = 0;
const ALWAYS = 1;
const UNLESS_ENDED = 2;

/** Which arrows a reader sees: by type, by what was known after an entry, by what was true at a time. */
export class View {
  /** By an arrow's kind: never, always, or only when its ending does not hide it. */
  readonly #kinds = new Uint8Array(256);
  readonly #table: GraphTable;
  readonly #knownSeq: number;
  /** Index of the newest entry that the reader knows of. */
  readonly #lastEntry: number;
  readonly #at: number;

  constructor(table: GraphTable, position: Position, arrows: readonly ArrowType[], asOf: AsOf) {
    this.#table = table;
    this.#knownSeq = Math.min(asOf.knownSeq ?? Infinity, position.seq);
    this.#lastEntry = lastAtMost(table.entrySeq.data, table.entrySeq.length, this.#knownSeq);
    this.#at = asOf.at ?? Infinity;
    for (const arrow of arrows) {
      const number = ARROW_NUMBERS.get(arrow)!;
      this.#kinds[number] = ALWAYS;
      this.#kinds[number | ENDED] = UNLESS_ENDED;
    }
  }

  sees(arrow: number): boolean {
    const table = this.#table;
    const rule = this.#kinds[table.arrowKind.data[arrow]!];
    if (rule === NEVER) return false;
    const entry = table.arrowEntry.data[arrow]!;
    if (entry > this.#lastEntry || (this.#at !== Infinity && table.entryAt.data[entry]! > this.#at)) return false;
    return rule === ALWAYS || !this.#hasEnded(arrow);
  }

  #hasEnded(arrow: number): boolean {
    const { seq, at } = this.#table.endings.get(arrow)!;
    return seq <= this.#knownSeq && at <= this.#at;
  }
}

/** The last index whose value is at most `limit`, in ascending numbers; -1 when there is none. */
function lastAtMost(values: Float64Array, length: number, limit: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
