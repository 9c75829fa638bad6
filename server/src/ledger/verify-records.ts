import type { FactCatalogue, Projected } from "../core/define-fact.ts";
import type { LedgerEntry, LedgerStore } from "../ports/ledger-store.ts";
import type { EntryRange, Records } from "../ports/records.ts";
import { NodeComparison } from "./compare-nodes.ts";
import { TagComparison } from "./compare-tags.ts";
import { missingValue } from "./compare-values.ts";
import type { RecordFault } from "./record-difference.ts";
import { strayRecord, type Told } from "./stray-records.ts";
import { type ContentDigest, filesFault } from "./verify-files.ts";

export interface RecordsVerification {
  readonly ok: boolean;
  /** Entries whose records were found right, from the first on. */
  readonly entries: number;
  /** Rows that were compared. */
  readonly rows: number;
  readonly firstFault: RecordFault | null;
}

export interface RecordsOptions {
  readonly store: Pick<LedgerStore, "entries" | "head">;
  readonly records: Records;
  readonly facts: FactCatalogue;
  readonly contentDigest: ContentDigest;
  /** The newest entry whose records are compared. */
  readonly upTo: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears after each page how many entries are done. */
  readonly onProgress?: (entries: number) => void;
}

/** Its entries, projected, their rows and the files of its versions are in memory at once. */
const PAGE = 250;

/**
 * Projects every entry again, which the caller has found to be right, and compares what it tells with the rows that people read: nodes,
 * their history and values, tags; and the files of versions with the versions' digests. A page of entries is compared with the rows that it tells
 * of, on the state that the page before was found to have left: memory does not grow with the ledger. What is recorded meanwhile is
 * left for the next time. Lets other work go on between pages.
 * @throws the signal's reason when it is aborted.
 */
export async function verifyRecords(options: RecordsOptions): Promise<RecordsVerification> {
  const { store, upTo, signal, onProgress } = options;
  const told: Told = { nodes: 0, past: 0, tags: 0, endedTags: 0, values: 0 };
  const pages = new PageCheck(options, told);
  let done = 0;
  let page = store.entries(0, PAGE);
  while (done < upTo) {
    const entries = (await page).slice(0, upTo - done);
    // The next page is on its way while this one is compared.
    page = store.entries(done + entries.length, PAGE);
    page.catch(() => {});
    signal?.throwIfAborted();
    const fault = await pages.fault(entries, { after: done, upTo: done + entries.length });
    if (fault !== null) return { ok: false, entries: done, rows: pages.rows, firstFault: fault };
    done += entries.length;
    onProgress?.(done);
    await new Promise(setImmediate);
  }
  const firstFault = await strayRecord(options, told);
  return { ok: firstFault === null, entries: done, rows: pages.rows, firstFault };
}

class PageCheck {
  readonly #options: RecordsOptions;
  readonly #told: Told;
  rows = 0;

  constructor(options: RecordsOptions, told: Told) {
    this.#options = options;
    this.#told = told;
  }

  async fault(entries: readonly LedgerEntry[], range: EntryRange): Promise<RecordFault | null> {
    if (entries.length === 0) return unreadable(range.after + 1, "it is missing");
    const projected: Projected[] = [];
    for (const entry of entries) {
      try {
        projected.push(this.#options.facts.project(entry));
      } catch (error) {
        return unreadable(entry.seq, (error as Error).message);
      }
    }
    return this.#compared(projected, range);
  }

  async #compared(projected: readonly Projected[], range: EntryRange): Promise<RecordFault | null> {
    const { records, contentDigest } = this.#options;
    const nodes = await NodeComparison.of(projected, range, records);
    const tags = await TagComparison.of(projected, range, records);
    this.#told.nodes += nodes.made.length;
    this.#told.past += nodes.replaced;
    this.#told.tags += tags.made;
    this.#told.endedTags += tags.ended;
    this.#told.values += nodes.values.length;
    this.rows += nodes.rows + tags.rows + nodes.values.length;
    const fault = nodes.fault() ?? tags.fault() ?? (await missingValue(nodes.values, records));
    return fault ?? (await this.#filesFault(nodes, contentDigest));
  }

  async #filesFault({ made }: NodeComparison, contentDigest: ContentDigest): Promise<RecordFault | null> {
    const { records } = this.#options;
    return filesFault(made, records, contentDigest, (rows) => (this.rows += rows));
  }
}

function unreadable(seq: number, reason: string): RecordFault {
  return { table: "node", id: null, field: null, seq, reason: `entry ${seq} cannot be projected: ${reason}` };
}
