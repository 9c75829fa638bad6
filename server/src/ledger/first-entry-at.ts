import type { LedgerStore } from "../ports/ledger-store.ts";

/**
 * The first entry that was recorded at this time (milliseconds since 1970) or after it; the one that will be next, where none was yet.
 * The ledger's times never go back, so that a few entries tell.
 */
export async function firstEntryAt(store: Pick<LedgerStore, "head" | "entries">, time: number): Promise<number> {
  let [low, high] = [1, (await store.head()).seq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await store.entries(middle - 1, 1);
    if (entry === undefined || entry.recordedAt >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}
