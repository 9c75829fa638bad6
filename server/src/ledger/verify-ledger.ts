import { type Checkpoint, CompactRange, LeafHasher } from "@clew/schema";
import type { LedgerEntry, LedgerHead, LedgerStore } from "../ports/ledger-store.ts";
import type { PersonalData } from "../ports/personal-data.ts";
import type { LedgerFault } from "./ledger-fault.ts";
import { DocumentCheck, type DocumentParts } from "./verify-documents.ts";
import { personalFault } from "./verify-personal.ts";

export interface Verification {
  readonly ok: boolean;
  /** Entries that were found right, from the first on. */
  readonly entries: number;
  /** The Merkle root over those, hex. */
  readonly root: string;
  readonly firstFault: LedgerFault | null;
}

export interface VerifyOptions {
  readonly store: LedgerStore;
  /** When given, its values are held to the digests in the entries. */
  readonly personal?: PersonalData | undefined;
  /** When given, the documents to which entries refer are held to their digests. */
  readonly documents?: DocumentParts | undefined;
  /** A head whose signature was verified; null when nothing was signed yet. */
  readonly signed: Pick<Checkpoint, "size" | "root"> | null;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 1_000;

/**
 * Reads the whole ledger as it stands and recomputes what can be: numbers, leaf hashes, the times and types that are inside the hashed
 * bytes, the root that was signed, the ledger's end, and the digests of personal values and documents. Lets other work go on between
 * pages.
 * @throws the signal's reason when it is aborted.
 */
export async function verifyLedger(options: VerifyOptions): Promise<Verification> {
  const { store, personal, signed, signal } = options;
  const head = await store.head();
  const range = new CompactRange();
  const fault =
    signedFault(signed, head) ??
    (await firstFault(options, head, range)) ??
    (personal ? await personalFault(personal, store, signal) : null);
  return { ok: fault === null, entries: range.size, root: range.root().toString("hex"), firstFault: fault };
}

function signedFault(signed: VerifyOptions["signed"], head: LedgerHead): LedgerFault | null {
  if (signed === null || signed.size <= head.seq) return null;
  return { seq: null, reason: `${signed.size} entries were signed, but the ledger ends at ${head.seq}` };
}

async function firstFault(
  { store, documents, signed, signal }: VerifyOptions,
  head: LedgerHead,
  range: CompactRange,
): Promise<LedgerFault | null> {
  const check = new EntryCheck(range, signed);
  const documentCheck = documents && new DocumentCheck(documents);
  let page = store.entries(0, PAGE);
  while (range.size < head.seq) {
    const entries = await page;
    // The next page is on its way while this one is hashed.
    page = store.entries(range.size + entries.length, PAGE);
    page.catch(() => {});
    signal?.throwIfAborted();
    if (entries.length === 0) return { seq: range.size + 1, reason: "the entry is missing" };
    const right: LedgerEntry[] = [];
    const fault = pageFault(entries.slice(0, head.seq - range.size), check, right);
    const first = (await documentCheck?.fault(right)) ?? fault;
    if (first !== null) return first;
    await new Promise(setImmediate);
  }
  return check.endFault(head);
}

/** The first fault of a page; `right` gets the entries before it. */
function pageFault(entries: readonly LedgerEntry[], check: EntryCheck, right: LedgerEntry[]): LedgerFault | null {
  for (const entry of entries) {
    const reason = check.next(entry);
    if (reason !== null) return { seq: entry.seq, reason };
    right.push(entry);
  }
  return null;
}

/** Takes entry after entry, and says what is wrong with one. */
export class EntryCheck {
  readonly #range: CompactRange;
  readonly #signed: VerifyOptions["signed"];
  readonly #hasher = new LeafHasher();
  #last: { recordedAt: number; leafHash: string } = { recordedAt: 0, leafHash: "" };

  constructor(range: CompactRange, signed: VerifyOptions["signed"]) {
    this.#range = range;
    this.#signed = signed;
  }

  next(entry: LedgerEntry): string | null {
    const expected = this.#range.size + 1;
    if (entry.seq !== expected) return `entry ${expected} is missing`;
    const leaf = this.#hasher.hash(entry.bytes, "hex");
    if (leaf !== entry.leafHash) return "its bytes do not have the leaf hash that was stored with them";
    const reason = this.#statedFault(entry);
    if (reason !== null) return reason;
    this.#range.append(Buffer.from(leaf, "hex"));
    this.#last = entry;
    return entry.seq === this.#signed?.size ? this.#rootFault() : null;
  }

  endFault(head: LedgerHead): LedgerFault | null {
    const { recordedAt, leafHash: leaf } = this.#last;
    if (head.leafHash === leaf && head.recordedAt === recordedAt) return null;
    return { seq: head.seq, reason: "the ledger's head does not have this entry's leaf hash and time" };
  }

  #statedFault({ bytes, recordedAt, type }: LedgerEntry): string | null {
    const stated = statedIn(bytes);
    if (stated.at !== recordedAt) return `it says that it was recorded at ${stated.at}, its row says ${recordedAt}`;
    if (stated.type !== type) return `it says that it is a ${stated.type}, its row says ${type}`;
    if (recordedAt >= this.#last.recordedAt) return null;
    return `it was recorded at ${recordedAt}, before the entry before it (${this.#last.recordedAt})`;
  }

  #rootFault(): string | null {
    if (Buffer.compare(this.#range.root(), this.#signed!.root) === 0) return null;
    return `the root over the first ${this.#signed!.size} entries is not the one that was signed`;
  }
}

/** Canonical JSON sorts the members: `at` comes first, `type` and `v` come last, so neither needs the payload between them parsed. */
const FIRST = /^\{"at":(\d{1,16}),"by":/;
const LAST = /,"type":"([^"\\]{1,100})","v":\d{1,9}\}$/;
const FIRST_BYTES = 32;
const LAST_BYTES = 140;

/** The time and type that an entry's bytes state; undefined where they do not have an entry's form. */
export function statedIn(bytes: Uint8Array): { at: number | undefined; type: string | undefined } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = FIRST.exec(buffer.toString("latin1", 0, FIRST_BYTES));
  const last = LAST.exec(buffer.toString("latin1", Math.max(0, bytes.length - LAST_BYTES)));
  return { at: first ? Number(first[1]) : undefined, type: last?.[1] };
}
