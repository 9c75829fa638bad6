import type { Document } from "../core/document.ts";
import type { NodeState } from "../core/graph-change.ts";
import type { PersonalValue } from "../core/personal.ts";
import type { TagRead, TagRow } from "./tags.ts";
import type { ValueRow } from "./value-row.ts";
import type { WebhookRow } from "./webhooks.ts";

/** The ledger's end: the newest entry's number (0 before the first), time and leaf hash in hex. */
export interface LedgerHead {
  readonly ledgerId: string;
  readonly seq: number;
  /** Milliseconds since 1970; never smaller than the entry's before. */
  readonly recordedAt: number;
  readonly leafHash: string;
}

export interface LedgerEntry {
  readonly seq: number;
  readonly recordedAt: number;
  readonly type: string;
  /** Canonical JSON in UTF-8: what the leaf hash covers, kept verbatim. */
  readonly bytes: Uint8Array;
  /** RFC 6962 leaf hash, hex. */
  readonly leafHash: string;
}

/** Says that a principal has used a key for a mutation, and what was answered. Kept for ever. */
export interface IdempotencyRow {
  readonly principal: string;
  readonly mutation: string;
  readonly key: string;
  readonly inputDigest: string;
  readonly seq: number;
  /** The answer as JSON text. */
  readonly answer: string;
}
export type IdempotencyKey = Pick<IdempotencyRow, "principal" | "mutation" | "key">;

/** A file of a version: what makes a digest lead to every version that holds it. */
export interface FileRow {
  readonly versionId: string;
  readonly path: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Which attempt of a run holds it, by which runner, until when (milliseconds since 1970). No fact: renewed by heartbeats. */
export interface LeaseRow {
  readonly runId: string;
  readonly attempt: number;
  readonly runnerId: string;
  readonly tokenHash: string;
  readonly expiresAt: number;
}

export interface TokenRow {
  readonly id: string;
  /** SHA-256 of the token, hex; the token itself is shown once and kept nowhere. */
  readonly hash: string;
  readonly name: string;
  readonly agentId: string;
  /** Roles by namespace as JSON text; "*" is every namespace. */
  readonly grants: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** A measured number of a run's attempt; `n` numbers the attempt's points. No fact: counted when the run finishes. */
export interface MeasurementRow {
  readonly runId: string;
  readonly attempt: number;
  readonly name: string;
  readonly step: number;
  readonly n: number;
  readonly at: number;
  /** JSON text of a MetricValue: a number, or a tagged one. */
  readonly value: string;
}

/** A personal value, and the entry that holds its digest. */
export interface PersonalRow extends PersonalValue {
  readonly seq: number;
}

/** Rows of other tables that belong to a fact and are written in its transaction. */
export interface SideRows {
  readonly files?: readonly FileRow[];
  readonly leases?: readonly LeaseRow[];
  readonly endedLeases?: readonly string[];
  readonly tokens?: readonly TokenRow[];
  /** Of one that is there, the row only says whether it has ended, or that deliveries begin anew from where they stood. */
  readonly webhooks?: readonly WebhookRow[];
}

/** What one batch reads before it decides. */
export interface BatchReads {
  readonly nodeIds: readonly string[];
  readonly idempotencyKeys: readonly IdempotencyKey[];
  readonly tags: readonly TagRead[];
}

/** What the transaction found, under the ledger's lock. */
export interface BatchState {
  readonly head: LedgerHead;
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly answered: readonly IdempotencyRow[];
  /** A belief that several commands asked for may come several times. */
  readonly tags: readonly TagRow[];
}

/** What one batch writes; empty when every mutation was refused or had been answered before. */
export interface BatchWrites {
  readonly entries: readonly LedgerEntry[];
  /** Every node that the batch made or changed, as it stands afterwards. */
  readonly nodes: readonly NodeState[];
  /** Every state that the batch replaced, and by which entry: a state that an entry of the same batch had made, too. */
  readonly replaced: readonly { readonly node: NodeState; readonly untilSeq: number }[];
  /** Of nodes that the batch made. */
  readonly values: readonly ValueRow[];
  readonly idempotency: readonly IdempotencyRow[];
  /** Beliefs that were added, and those that were ended, which differ in `endedSeq` only. */
  readonly tags: readonly TagRow[];
  readonly side: readonly SideRows[];
  readonly personal: readonly PersonalRow[];
  /** Each digest once. One that is there already stays as it is. */
  readonly documents: readonly Document[];
  /** Agents of whom everything personal that was there before goes, and with it the names of their tokens, those of this batch too. */
  readonly erased: readonly string[];
}

/** A named lock. */
export interface HeldLock {
  /** Aborted when the lock may be another's, because the connection that held it broke. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * The database cannot be reached. What was under way may have been committed or not: the same mutation again, with the same idempotency
 * key, finds out.
 */
export class DatabaseUnavailable extends Error {
  constructor(options?: ErrorOptions) {
    super("the database cannot be reached; nothing that was answered is lost", options);
  }
}

/**
 * The tables under the ledger. One transaction locks the ledger's end, reads, lets `decide` say what to write, and commits: no gaps,
 * no interleaving, the same from several server processes.
 */
export interface LedgerStore {
  /**
   * @param reads asked once the ledger's lock is held: what others had to wait for can still be added then.
   * @throws {DatabaseUnavailable} as does every other method; of the batch everything or nothing may have been committed then.
   */
  transact(reads: () => BatchReads, decide: (state: BatchState) => BatchWrites): Promise<void>;
  head(): Promise<LedgerHead>;
  /** Entries after `after`, in order, at most `limit`. */
  entries(after: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** A follower's durable position: the last entry whose effect is done; 0 at first. */
  position(follower: string): Promise<number>;
  advance(follower: string, to: number): Promise<void>;
  /** Waits until this process alone holds the named lock; it is free again when released, or when the process dies. */
  lock(name: string, signal: AbortSignal): Promise<HeldLock>;
  /** Calls `wake` after entries were appended by any process; a hint that may be missed or come twice. */
  onAppend(wake: (seq: number) => void): () => void;
  /** Tells the other processes how far a follower has come; a hint, as above. */
  announce(follower: string, seq: number): void;
  onAdvance(listener: (follower: string, seq: number) => void): () => void;
  close(): Promise<void>;
}
