import type { LedgerEntry, LedgerStore } from "../../ports/ledger-store.ts";

/** Entries that one request looks at, when only some types are asked for. */
const SCAN_MAX = 5_000;
const SCAN_PAGE = 1_000;

export interface FeedPage {
  readonly entries: readonly LedgerEntry[];
  /** Where the next page begins: everything up to here was looked at. */
  readonly endSeq: number;
  readonly hasMore: boolean;
}

export interface FeedQuery {
  readonly after: number;
  readonly limit: number;
  /** Only these; null is every type. */
  readonly types: ReadonlySet<string> | null;
}

/** A page of the ledger in order. With `types` it may be short, or empty, although more follow. */
export async function readEntries(store: LedgerStore, { after, limit, types }: FeedQuery): Promise<FeedPage> {
  const found: LedgerEntry[] = [];
  let endSeq = after;
  while (found.length < limit && endSeq - after < SCAN_MAX) {
    const page = await store.entries(endSeq, types === null ? limit : SCAN_PAGE);
    for (const entry of page) {
      if (found.length === limit) break;
      if (types === null || types.has(entry.type)) found.push(entry);
      endSeq = entry.seq;
    }
    if (page.length === 0 || types === null) break;
  }
  return { entries: found, endSeq, hasMore: (await store.head()).seq > endSeq };
}
