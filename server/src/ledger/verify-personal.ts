import { personalDigest } from "../core/personal.ts";
import type { LedgerStore, PersonalRow } from "../ports/ledger-store.ts";
import type { PersonalData } from "../ports/personal-data.ts";
import type { LedgerFault } from "./verify-ledger.ts";

const PAGE = 500;

/** The first personal value that is not the one whose digest its entry holds. What was erased is not missed. */
export async function personalFault(
  personal: PersonalData,
  store: LedgerStore,
  signal: AbortSignal | undefined,
): Promise<LedgerFault | null> {
  for (let after = ""; ; ) {
    const rows = await personal.rows(after, PAGE);
    for (const row of rows) {
      signal?.throwIfAborted();
      const reason = await faultOf(row, store);
      if (reason !== null) return { seq: row.seq, reason };
    }
    if (rows.length < PAGE) return null;
    after = rows.at(-1)!.digest;
  }
}

async function faultOf({ digest, salt, value, seq, path }: PersonalRow, store: LedgerStore): Promise<string | null> {
  if (personalDigest(salt, value) !== digest) return `the personal value ${path} does not have its digest`;
  const [entry] = await store.entries(seq - 1, 1);
  const isHeld = entry?.seq === seq && Buffer.from(entry.bytes).includes(`{"$personal":"${digest}"}`);
  return isHeld ? null : `it does not hold the digest of the personal value ${path}`;
}
