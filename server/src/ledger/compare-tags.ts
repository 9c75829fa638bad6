import type { Projected } from "../core/define-fact.ts";
import type { EntryRange, Records } from "../ports/records.ts";
import type { TagRow } from "../ports/tags.ts";
import { firstDifference, type RecordFault } from "./record-difference.ts";
import { TagBeliefs } from "./tag-beliefs.ts";

const textOf = ({ nodeId, kind, key, recordedSeq, validFrom }: TagRow) =>
  JSON.stringify([nodeId, kind, key, recordedSeq, validFrom]);

/** What a range of entries says of aliases and tags, beside the rows. */
export class TagComparison {
  readonly #range: EntryRange;
  readonly #rows: ReadonlyMap<string, TagRow>;
  readonly #told: readonly TagRow[];

  private constructor(range: EntryRange, rows: readonly TagRow[], told: readonly TagRow[]) {
    this.#range = range;
    this.#rows = new Map(rows.map((row) => [textOf(row), row]));
    this.#told = told;
  }

  static async of(projected: readonly Projected[], range: EntryRange, records: Records): Promise<TagComparison> {
    const keys = projected.flatMap(({ words }) => words.map((word) => ({ ...word, from: word.validFrom })));
    const rows = keys.length === 0 ? [] : await records.tags(keys, range);
    const held = rows.filter(({ recordedSeq }) => recordedSeq <= range.after);
    // What the range itself or a later entry has ended held before.
    const beliefs = new TagBeliefs(held.map((row) => ({ ...row, endedSeq: null })));
    for (const { words, seq } of projected) for (const word of words) beliefs.say(word, seq);
    return new TagComparison(range, rows, beliefs.written);
  }

  get rows(): number {
    return this.#told.length;
  }

  /** Beliefs that the range added. */
  get made(): number {
    return this.#told.filter(({ recordedSeq }) => recordedSeq > this.#range.after).length;
  }

  get ended(): number {
    return this.#told.filter(({ endedSeq }) => endedSeq !== null).length;
  }

  fault(): RecordFault | null {
    for (const told of this.#told.toSorted((a, b) => a.recordedSeq - b.recordedSeq)) {
      const row = this.#rows.get(textOf(told));
      const fault = row === undefined ? missing(told) : firstDifference(told, this.#asThen(row));
      if (fault !== null)
        return { table: "tag", id: told.nodeId, seq: told.endedSeq ?? told.recordedSeq, ...named(told, fault) };
    }
    return null;
  }

  /** A row as it stood at the range's end. */
  #asThen(row: TagRow): TagRow {
    return row.endedSeq !== null && row.endedSeq > this.#range.upTo ? { ...row, endedSeq: null } : row;
  }
}

function missing({ recordedSeq }: TagRow) {
  return { field: null, reason: `the row is missing that entry ${recordedSeq} tells of` };
}

function named({ kind, key }: TagRow, { field, reason }: { field: string | null; reason: string }) {
  return { field, reason: `${kind.toLowerCase()} ${key}: ${reason}` };
}
