import type { FactCatalogue } from "../core/define-fact.ts";
import type { EntryChanges } from "../core/graph-change.ts";
import type { LedgerEntry, LedgerStore } from "../ports/ledger-store.ts";

export interface ProjectedEntry extends LedgerEntry {
  readonly changes: EntryChanges["changes"];
}

const KEPT = 20_000;

/**
 * The ledger as followers read it. What this process itself has just written is kept, projected already, so that a follower that keeps
 * up reads nothing from SQL; everything else comes from there.
 */
export class LedgerTail {
  readonly #store: LedgerStore;
  readonly #facts: FactCatalogue;
  readonly #kept = new Map<number, ProjectedEntry>();

  constructor(store: LedgerStore, facts: FactCatalogue) {
    this.#store = store;
    this.#facts = facts;
  }

  /** Takes what a batch has written, in order. */
  keep(entries: readonly ProjectedEntry[]): void {
    for (const entry of entries) this.#kept.set(entry.seq, entry);
    for (const seq of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(seq);
    }
  }

  /** Entries after `after`, in order and without a gap, at most `limit`. */
  async read(after: number, limit: number): Promise<readonly ProjectedEntry[]> {
    const kept: ProjectedEntry[] = [];
    for (let seq = after + 1; kept.length < limit; seq++) {
      const entry = this.#kept.get(seq);
      if (entry === undefined) break;
      kept.push(entry);
    }
    if (kept.length > 0) return kept;
    const entries = await this.#store.entries(after, limit);
    return entries.map((entry) => ({ ...entry, changes: this.#facts.project(entry).changes }));
  }
}
