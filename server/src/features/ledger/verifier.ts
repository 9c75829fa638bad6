import type { FactCatalogue } from "../../core/define-fact.ts";
import type { Checkpointer } from "../../ledger/checkpointer.ts";
import type { DocumentParts } from "../../ledger/verify-documents.ts";
import { type Verification, verifyLedger } from "../../ledger/verify-ledger.ts";
import { type RecordsVerification, verifyRecords } from "../../ledger/verify-records.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { PersonalData } from "../../ports/personal-data.ts";
import type { Records } from "../../ports/records.ts";
import { contentDigests } from "../catalog/index.ts";

const VERIFY_MAX_MS = 60 * 60_000;

export interface VerifierParts {
  readonly store: LedgerStore;
  readonly personal: PersonalData;
  readonly documents: DocumentParts;
  readonly records: Records;
  readonly facts: FactCatalogue;
  readonly checkpointer: Pick<Checkpointer, "readSigned">;
}

export interface WholeVerification extends Verification {
  /** Null where it was not asked for, or the ledger itself does not hold. */
  readonly records: RecordsVerification | null;
}

interface Running {
  readonly withRecords: boolean;
  readonly found: Promise<WholeVerification>;
  entries: number;
  size: number;
}

/** Verifies the ledger and what people read of it, one verification at a time: it is costly. */
export class Verifier {
  readonly #parts: VerifierParts;
  #running: Running | null = null;

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  get progress() {
    const { entries = 0, size = 0 } = this.#running ?? {};
    return { isRunning: this.#running !== null, entries, size };
  }

  /** Who asks while one runs that answers the question gets its answer; else it begins when that one ends. */
  async verify(withRecords: boolean): Promise<WholeVerification> {
    while (this.#running !== null) {
      const { withRecords: hasRecords, found } = this.#running;
      if (hasRecords || !withRecords) return found;
      await found.catch(() => {});
    }
    const found = this.#verify(withRecords).finally(() => {
      this.#running = null;
    });
    this.#running = { withRecords, found, entries: 0, size: 0 };
    return found;
  }

  async #verify(withRecords: boolean): Promise<WholeVerification> {
    const signal = AbortSignal.timeout(VERIFY_MAX_MS);
    const ledger = await this.#verifyLedger(signal);
    if (!ledger.ok || !withRecords) return { ...ledger, records: null };
    const records = await this.#verifyRecords(ledger.entries, signal);
    const { firstFault: fault } = records;
    const firstFault = fault && { seq: fault.seq, reason: `${fault.table} ${fault.id ?? ""}: ${fault.reason}` };
    return { ...ledger, ok: records.ok, firstFault, records };
  }

  async #verifyLedger(signal: AbortSignal): Promise<Verification> {
    const { store, personal, documents, checkpointer } = this.#parts;
    const signed = await checkpointer.readSigned();
    if (typeof signed !== "string") return verifyLedger({ store, personal, documents, signed, signal });
    const found = await verifyLedger({ store, personal, documents, signed: null, signal });
    return { ...found, ok: false, firstFault: found.firstFault ?? { seq: null, reason: signed } };
  }

  #verifyRecords(upTo: number, signal: AbortSignal): Promise<RecordsVerification> {
    const { store, records, facts, documents } = this.#parts;
    const contentDigest = contentDigests(documents.reader);
    const onProgress = (entries: number) => {
      if (this.#running !== null) Object.assign(this.#running, { entries, size: upTo });
    };
    return verifyRecords({ store, records, facts, contentDigest, upTo, signal, onProgress });
  }
}
