import { openEntry } from "../../core/define-fact.ts";
import type { FollowerWork } from "../../ledger/follower.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import { mutationResent } from "./dead-letter.facts.ts";
import type { DeadLetterStore } from "./dead-letters.ts";

/** Follows the ledger and puts dead mutations back that were resent; a crash loses none. Jobs are the dispatch follower's. */
export class ResendWork implements FollowerWork {
  readonly name = "resend";
  readonly batchMax = 200;
  readonly #store: LedgerStore;
  readonly #letters: Pick<DeadLetterStore, "sendAgain">;

  constructor(store: LedgerStore, letters: Pick<DeadLetterStore, "sendAgain">) {
    this.#store = store;
    this.#letters = letters;
  }

  position(): Promise<number> {
    return this.#store.position(this.name);
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    for (const entry of entries) {
      // What changes a node is none, and need not be parsed.
      if (entry.changes.length > 0) continue;
      const { type, payload } = openEntry(entry);
      if (type !== mutationResent.type) continue;
      const { letter } = mutationResent.payload.parse(payload);
      await this.#letters.sendAgain(letter, String(entry.seq));
    }
    await this.#store.advance(this.name, entries.at(-1)!.seq);
  }
}
