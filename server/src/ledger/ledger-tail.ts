import type { FactCatalogue } from "../core/define-fact.ts";
import type { EntryChanges } from "../core/graph-change.ts";
import type { LedgerEntry, LedgerStore } from "../ports/ledger-store.ts";
import { FollowerHalt } from "./follower.ts";

export interface ProjectedEntry extends LedgerEntry {
  readonly changes: EntryChanges["changes"];
}

/** As many as the checkpointer and a follower that keeps up are behind at most; what is projected takes several times its bytes. */
const KEPT = 2_000;
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * The ledger as followers read it. What this process itself has just written is kept, projected already, so that a follower that keeps
 * up reads nothing from SQL; everything else comes from there.
 */
export class LedgerTail {
  readonly #store: LedgerStore;
  readonly #facts: FactCatalogue;
  readonly #kept = new Map<number, ProjectedEntry>();
  #keptBytes = 0;

  constructor(store: LedgerStore, facts: FactCatalogue) {
    this.#store = store;
    this.#facts = facts;
  }

  /** Takes what a batch has written, in order. */
  keep(entries: readonly ProjectedEntry[]): void {
    for (const entry of entries) {
      this.#kept.set(entry.seq, entry);
      this.#keptBytes += entry.bytes.length;
    }
    for (const [seq, { bytes }] of this.#kept) {
      if (this.#kept.size <= KEPT && this.#keptBytes <= KEPT_BYTES) break;
      this.#kept.delete(seq);
      this.#keptBytes -= bytes.length;
    }
  }

  /**
   * Entries after `after`, in order and without a gap, at most `limit`; none that are newer than `newest` are looked for. What other
   * processes wrote between the entries of this one is read too: a follower's work costs less in one piece.
   * @throws {FollowerHalt} when an entry cannot be projected: of a type or version that only a newer server knows.
   */
  async read(after: number, limit: number, newest = Infinity): Promise<readonly ProjectedEntry[]> {
    const found: ProjectedEntry[] = [];
    while (found.length < limit && after + found.length < newest) {
      const kept = this.#keptAfter(after + found.length, limit - found.length);
      const next = kept.length > 0 ? kept : await this.#projected(after + found.length, limit - found.length);
      if (next.length === 0) break;
      found.push(...next);
    }
    return found;
  }

  /** The leaf hashes in hex of entries after `after`, in order, some of them; nothing is projected. */
  async leafHashes(after: number, limit: number): Promise<readonly string[]> {
    const kept = this.#keptAfter(after, limit);
    const entries = kept.length > 0 ? kept : await this.#missing(after, limit);
    return entries.map(({ leafHash }) => leafHash);
  }

  async #projected(after: number, limit: number): Promise<readonly ProjectedEntry[]> {
    const entries = await this.#missing(after, limit);
    return entries.map((entry) => ({ ...entry, changes: this.#changesOf(entry) }));
  }

  /** From SQL, up to the next entry that is kept. */
  #missing(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    let missing = 1;
    while (missing < limit && !this.#kept.has(after + missing + 1)) missing++;
    return this.#store.entries(after, missing);
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
