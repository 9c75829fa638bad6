import type { Push } from "../../graphql/live.ts";
import { AppendWatch } from "../../ledger/append-watch.ts";
import type { LedgerEntry, LedgerStore } from "../../ports/ledger-store.ts";
import { readEntries } from "./read-entries.ts";

/** Entries read at once: what a subscription holds in memory at most. */
const PAGE = 20;
/** How often it looks by itself, should a wake-up have been missed. */
const POLL_MS = 5_000;

/** Pushes every entry after `after` in order and without a gap, those that are there and those to come, until it is aborted. */
export async function followEntries(
  store: LedgerStore,
  { after, types }: { readonly after: number; readonly types: ReadonlySet<string> | null },
  push: Push<LedgerEntry>,
  signal: AbortSignal,
): Promise<void> {
  const watch = new AppendWatch(store, signal);
  for (let seq = after; !signal.aborted; ) {
    const { entries, endSeq, hasMore } = await readEntries(store, { after: seq, limit: PAGE, types });
    for (const entry of entries) {
      await push(entry);
      if (signal.aborted) return;
    }
    seq = endSeq;
    if (!hasMore) await watch.wait(POLL_MS);
  }
}
