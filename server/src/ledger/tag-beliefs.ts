import type { TagKey, TagRow, TagWord } from "../ports/tags.ts";

const textOf = ({ nodeId, kind, key }: TagKey) => JSON.stringify([nodeId, kind, key]);

const rowText = (row: TagRow) => JSON.stringify([textOf(row), row.recordedSeq, row.validFrom]);

/** The beliefs that a batch read, as its words change them. */
export class TagBeliefs {
  readonly #held = new Map<string, TagRow[]>();
  readonly #written = new Map<string, TagRow>();

  constructor(rows: readonly TagRow[]) {
    const once = new Map(rows.map((row) => [rowText(row), row]));
    for (const row of once.values()) this.#of(row).push(row);
  }

  /** The beliefs of a key that hold now, in no order. */
  held(key: TagKey): readonly TagRow[] {
    return this.#held.get(textOf(key)) ?? [];
  }

  /** Every row that was added or ended, as it is to stand. */
  get written(): readonly TagRow[] {
    return [...this.#written.values()];
  }

  /** Entry `seq` says a word: it replaces what was believed of the time from `validFrom` on, and leaves what was before. */
  say({ value, validFrom, nodeId, kind, key }: TagWord, seq: number): void {
    const rows = this.#of({ nodeId, kind, key });
    for (const row of rows.filter(({ validTo }) => validTo === null || validTo > validFrom)) {
      rows.splice(rows.indexOf(row), 1);
      this.#write({ ...row, endedSeq: seq });
      if (row.validFrom < validFrom) this.#hold(rows, { ...row, validTo: validFrom, recordedSeq: seq });
    }
    if (value === null) return;
    this.#hold(rows, { nodeId, kind, key, value, validFrom, validTo: null, recordedSeq: seq, endedSeq: null });
  }

  #hold(rows: TagRow[], row: TagRow): void {
    rows.push(row);
    this.#write(row);
  }

  #write(row: TagRow): void {
    this.#written.set(rowText(row), row);
  }

  #of(key: TagKey): TagRow[] {
    const text = textOf(key);
    const rows = this.#held.get(text) ?? [];
    this.#held.set(text, rows);
    return rows;
  }
}
