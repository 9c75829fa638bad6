import type { FactCatalogue } from "../core/define-fact.ts";
import type { EntryChanges } from "../core/graph-change.ts";
import type { LedgerEntry, LedgerStore } from "../ports/ledger-store.ts";
import { FollowerHalt } from "./follower-halt.ts";

export interface ProjectedEntry extends LedgerEntry {
  readonly changes: EntryChanges["changes"];
}

/** As many as the checkpointer and a follower that keeps up are behind at most; what is projected takes several times its bytes. */
const KEPT = 2_000;
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * The ledger as followers read it. What this process itself has just written is kept, projected already, so that a follower that keeps
 * up reads nothing from SQL; everything else comes from there, and is kept for the next who wants it.
 */
export class LedgerTail {
  readonly #store: LedgerStore;
  readonly #facts: FactCatalogue;
  readonly #kept = new Map<number, ProjectedEntry>();
  #keptBytes = 0;
  #newest = 0;
  /** None that is kept is older. */
  #oldest = Infinity;

  constructor(store: LedgerStore, facts: FactCatalogue) {
    this.#store = store;
    this.#facts = facts;
  }

  /** Takes entries in order: of a batch that this process has written, or read. Only the newest are kept. */
  keep(entries: readonly ProjectedEntry[]): void {
    this.#newest = Math.max(this.#newest, entries.at(-1)?.seq ?? 0);
    for (const entry of entries) {
      if (this.#kept.has(entry.seq) || entry.seq <= this.#newest - KEPT) continue;
      this.#kept.set(entry.seq, entry);
      this.#keptBytes += entry.bytes.length;
      this.#oldest = Math.min(this.#oldest, entry.seq);
    }
    // By their numbers: what a follower that lags behind has read must not drive out what the others are about to read.
    while (this.#kept.size > KEPT || this.#keptBytes > KEPT_BYTES) this.#forget(this.#oldest++);
  }

  #forget(seq: number): void {
    this.#keptBytes -= this.#kept.get(seq)?.bytes.length ?? 0;
    this.#kept.delete(seq);
  }

  /**
   * Entries after `after`, in order and without a gap, at most `limit`; none that are newer than `newest` are looked for. What other
   * processes wrote between the entries of this one is read too: a follower's work costs less in one piece.
   * @throws {FollowerHalt} when an entry cannot be projected: of a type or version that only a newer server knows.
   */
  async read(after: number, limit: number, newest = Infinity): Promise<readonly ProjectedEntry[]> {
    const entries = await this.#entries(after, Math.min(limit, newest - after));
    const projected = entries.map(
      (entry) => this.#kept.get(entry.seq) ?? { ...entry, changes: this.#changesOf(entry) },
    );
    this.keep(projected);
    return projected;
  }

  /** The leaf hashes in hex of entries after `after`, in order, some of them; nothing is projected. */
  async leafHashes(after: number, limit: number): Promise<readonly string[]> {
    return (await this.#entries(after, limit)).map(({ leafHash }) => leafHash);
  }

  /**
   * What is not kept comes from SQL in one piece, from the first to the last of it: of two processes that write in turns the entries
   * alternate, and to read some of them again costs less than to ask for each run.
   */
  async #entries(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    const head = this.#keptAfter(after, limit);
    const from = after + head.length;
    let to = after + limit;
    while (to > from && this.#kept.has(to)) to--;
    if (to <= from) return head;
    const read = await this.#store.entries(from, to - from);
    return [...head, ...read, ...this.#keptAfter(from + read.length, after + limit - from - read.length)];
  }

  #changesOf(entry: LedgerEntry): EntryChanges["changes"] {
    try {
      return this.#facts.project(entry).changes;
    } catch (error) {
      throw new FollowerHalt((error as Error).message, { cause: error });
    }
  }

  #keptAfter(after: number, limit: number): readonly ProjectedEntry[] {
    const kept: ProjectedEntry[] = [];
    for (let seq = after + 1; kept.length < limit; seq++) {
      const entry = this.#kept.get(seq);
      if (entry === undefined) break;
      kept.push(entry);
    }
    return kept;
  }
}
