import type { NodeState } from "../core/graph-change.ts";
import type { LedgerEntry } from "./ledger-store.ts";

/** What nodes were, and the entries that made them so. */
export interface NodeHistoryReader {
  /** The node as it stood after entry `seq`; null before it was made. */
  asKnownAt(id: string, seq: number): Promise<NodeState | null>;
  /** The node's states that an entry before `beforeSeq` made (null: every one), newest first; the one that still holds is one of them. */
  history(id: string, beforeSeq: number | null, limit: number): Promise<readonly NodeState[]>;
  /** The ledger's entries of these numbers, those that exist, in any order. */
  entries(seqs: readonly number[]): Promise<readonly LedgerEntry[]>;
}
