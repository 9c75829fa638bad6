import { type Checkpoint, CompactRange } from "@clew/schema";
import type { FactCatalogue } from "../core/define-fact.ts";
import type { LedgerCopies, LedgerRemake } from "../ports/ledger-copies.ts";
import type { LedgerEntry } from "../ports/ledger-store.ts";
import { EntryCheck } from "./verify-ledger.ts";
import { writeProjected } from "./write-projected.ts";

const PAGE = 500;

interface RemakeParts {
  readonly copies: Pick<LedgerCopies, "remake">;
  readonly facts: FactCatalogue;
  /** A head whose signature was verified; null when nothing was signed yet. */
  readonly signed: Pick<Checkpoint, "size" | "root"> | null;
}

/**
 * Makes nodes, their history and tags again from the ledger, as a restore does: what somebody has changed in them is gone. Files of
 * versions stay as they are, for no entry lists them.
 * @returns how many entries there are.
 * @throws when the ledger itself is not what was signed, or an entry cannot be projected; then nothing has changed.
 */
export async function remakeRecords({ copies, facts, signed }: RemakeParts): Promise<number> {
  const range = new CompactRange();
  const check = new EntryCheck(range, signed);
  await copies.remake(async (ledger) => {
    const head = await ledger.head();
    while (range.size < head.seq) {
      const entries = await nextEntries(ledger, range.size, check);
      const projected = entries.map((entry) => facts.project(entry));
      await writeProjected(ledger, projected, []);
    }
    const fault = check.endFault(head);
    if (fault !== null) throw new LedgerDoesNotHold(head.seq, fault.reason);
    if (signed !== null && signed.size > head.seq)
      throw new LedgerDoesNotHold(head.seq + 1, `${signed.size} entries were signed`);
  });
  return range.size;
}

async function nextEntries(ledger: LedgerRemake, after: number, check: EntryCheck): Promise<readonly LedgerEntry[]> {
  const entries = await ledger.entries(after, PAGE);
  if (entries.length === 0) throw new LedgerDoesNotHold(after + 1, "the entry is missing");
  for (const entry of entries) {
    const fault = check.next(entry);
    if (fault !== null) throw new LedgerDoesNotHold(entry.seq, fault);
  }
  return entries;
}

/** Nothing is made from a ledger that was changed. */
class LedgerDoesNotHold extends Error {
  constructor(seq: number, reason: string) {
    super(`the ledger does not hold at entry ${seq}: ${reason}`);
  }
}
