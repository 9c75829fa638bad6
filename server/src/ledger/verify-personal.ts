import { personalDigest } from "../core/personal.ts";
import type { LedgerEntry, LedgerStore, PersonalRow } from "../ports/ledger-store.ts";
import type { PersonalData } from "../ports/personal-data.ts";
import type { LedgerFault } from "./ledger-fault.ts";

type Entries = Pick<LedgerStore, "entries">;

const PAGE = 500;
/** Entries that are read at once, of at most 64 KiB each. */
const RANGE = 200;

/**
 * The first personal value that is not the one whose digest its entry holds. What was erased is not missed. Lets other work go on between
 * ranges of entries.
 * @throws the signal's reason when it is aborted.
 */
export async function personalFault(
  personal: PersonalData,
  store: Entries,
  signal: AbortSignal | undefined,
): Promise<LedgerFault | null> {
  for (let after: PersonalRow | null = null; ; ) {
    const rows: readonly PersonalRow[] = await personal.rows(after, PAGE);
    for (const range of rangesOf(rows)) {
      signal?.throwIfAborted();
      const fault = await rangeFault(range, store);
      if (fault !== null) return fault;
      await new Promise(setImmediate);
    }
    if (rows.length < PAGE) return null;
    after = rows.at(-1)!;
  }
}

/** Neighbours whose entries are read together: where few entries hold values, no more than from the first to the last of them. */
function* rangesOf(rows: readonly PersonalRow[]): Iterable<readonly PersonalRow[]> {
  for (let from = 0; from < rows.length; ) {
    const limit = rows[from]!.seq + RANGE;
    const length = rows.slice(from).findIndex(({ seq }) => seq >= limit);
    const end = length === -1 ? rows.length : from + length;
    yield rows.slice(from, end);
    from = end;
  }
}

async function rangeFault(rows: readonly PersonalRow[], store: Entries): Promise<LedgerFault | null> {
  const [first, last] = [rows[0]!.seq, rows.at(-1)!.seq];
  const entries = new Map((await store.entries(first - 1, last - first + 1)).map((entry) => [entry.seq, entry]));
  for (const row of rows) {
    const reason = faultOf(row, entries.get(row.seq));
    if (reason !== null) return { seq: row.seq, reason };
  }
  return null;
}

function faultOf({ digest, salt, value, path }: PersonalRow, entry: LedgerEntry | undefined): string | null {
  if (personalDigest(salt, value) !== digest) return `the personal value ${path} does not have its digest`;
  const isHeld = entry !== undefined && Buffer.from(entry.bytes).includes(`{"$personal":"${digest}"}`);
  return isHeld ? null : `it does not hold the digest of the personal value ${path}`;
}
