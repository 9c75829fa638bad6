import type { LedgerAnnouncement } from "@clew/schema";
import type { ProjectedEntry } from "./ledger-tail.ts";

/** What the outside is told of an entry. */
export function announcementOf(
  ledgerId: string,
  { seq, type, recordedAt, leafHash, changes }: ProjectedEntry,
): LedgerAnnouncement {
  return {
    schema: "clew/ledger-announcement/1",
    ledgerId,
    seq,
    type,
    recordedAt: new Date(recordedAt).toISOString(),
    leafHash,
    nodeIds: [...new Set(changes.flatMap((change) => (change.op === "node" ? [change.id] : [])))],
  };
}
