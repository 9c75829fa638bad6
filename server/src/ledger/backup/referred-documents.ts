import { sha256 } from "@clew/schema";
import type { FactCatalogue } from "../../core/define-fact.ts";
import type { Document } from "../../core/document.ts";
import type { LedgerEntry } from "../../ports/ledger-store.ts";

/** Which documents the entries of a backup refer to, and which of them have come behind the entries. */
export class ReferredDocuments {
  readonly #facts: FactCatalogue;
  /** Those that have not come, each with the first entry that refers to it. */
  readonly #missing = new Map<string, number>();

  constructor(facts: FactCatalogue) {
    this.#facts = facts;
  }

  refer(entry: LedgerEntry): void {
    for (const { $document } of this.#facts.documents(entry))
      if (!this.#missing.has($document)) this.#missing.set($document, entry.seq);
  }

  /** Says what is wrong with a document. */
  take({ digest, text }: Document): string | null {
    this.#missing.delete(digest);
    return sha256(text) === digest ? null : `the document ${digest} has another digest`;
  }

  /** Says what is missing, once everything should have come. */
  fault(): string | null {
    const [missing] = this.#missing;
    return missing ? `the document ${missing[0]} is missing, to which entry ${missing[1]} refers` : null;
  }
}
