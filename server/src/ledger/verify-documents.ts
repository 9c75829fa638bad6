import { sha256 } from "@clew/schema";
import type { FactCatalogue } from "../core/define-fact.ts";
import type { DocumentReference } from "../core/document.ts";
import type { LedgerEntry } from "../ports/ledger-store.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import type { LedgerFault } from "./ledger-fault.ts";

/** Documents that are held at once, in bytes, as long as each alone is smaller. */
const HELD_BYTES = 16 * 1024 * 1024;

/** Where documents are, and how to find out which an entry refers to. */
export interface DocumentParts {
  readonly reader: Pick<NodeReader, "documents">;
  readonly facts: FactCatalogue;
}

interface Referred {
  readonly seq: number;
  readonly reference: DocumentReference;
}

/** Holds documents to the digests in the entries. One that many entries refer to is read once. */
export class DocumentCheck {
  readonly #parts: DocumentParts;
  readonly #seen = new Set<string>();

  constructor(parts: DocumentParts) {
    this.#parts = parts;
  }

  /** The first of these entries whose document is missing, or not the one whose digest it holds. */
  async fault(entries: readonly LedgerEntry[]): Promise<LedgerFault | null> {
    let waiting: Referred[] = [];
    let waitingBytes = 0;
    for (const { seq, reference } of this.#unseen(entries)) {
      if (waitingBytes + reference.sizeBytes > HELD_BYTES) {
        const fault = await this.#firstFault(waiting);
        if (fault !== null) return fault;
        [waiting, waitingBytes] = [[], 0];
      }
      waiting.push({ seq, reference });
      waitingBytes += reference.sizeBytes;
    }
    return this.#firstFault(waiting);
  }

  *#unseen(entries: readonly LedgerEntry[]): Iterable<Referred> {
    for (const entry of entries)
      for (const reference of this.#parts.facts.documents(entry)) {
        if (this.#seen.has(reference.$document)) continue;
        this.#seen.add(reference.$document);
        yield { seq: entry.seq, reference };
      }
  }

  async #firstFault(referred: readonly Referred[]): Promise<LedgerFault | null> {
    if (referred.length === 0) return null;
    const texts = await this.#parts.reader.documents(referred.map(({ reference }) => reference.$document));
    for (const { seq, reference } of referred) {
      const reason = faultOf(reference, texts.get(reference.$document));
      if (reason !== null) return { seq, reason };
    }
    return null;
  }
}

function faultOf({ $document: digest, sizeBytes }: DocumentReference, text: string | undefined): string | null {
  if (text === undefined) return `the document ${digest} to which it refers is missing`;
  const isRight = sha256(text) === digest && Buffer.byteLength(text) === sizeBytes;
  return isRight ? null : `the document ${digest} to which it refers was altered`;
}
