import { isDeepStrictEqual } from "node:util";
import type { FactCatalogue, Projected } from "../core/define-fact.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { RecordKey, Records, RecordTable } from "../ports/records.ts";
import { NodeChanges } from "./node-changes.ts";
import type { RecordFault } from "./record-difference.ts";

/** What entries told of so far, to be held against the number of rows. */
export interface Told {
  nodes: number;
  past: number;
  tags: number;
  endedTags: number;
  values: number;
}

interface StrayOptions {
  readonly store: Pick<LedgerStore, "entries" | "head">;
  readonly records: Records;
  readonly facts: FactCatalogue;
  readonly upTo: number;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 2_000;

/**
 * A row that no entry tells of. Every row that entries up to `upTo` tell of was found, so it is enough to count; only when there are too
 * many is each looked at, to name one.
 */
export async function strayRecord(options: StrayOptions, told: Told): Promise<RecordFault | null> {
  const search = new StraySearch(options);
  return (
    (await search.ofNodes(told.nodes)) ??
    (await search.ofPast(told.past)) ??
    (await search.ofTags(told.tags, told.endedTags)) ??
    (await search.ofValues(told.values)) ??
    (await search.ofFiles())
  );
}

class StraySearch {
  readonly #options: StrayOptions;
  #last: Projected | null = null;

  constructor(options: StrayOptions) {
    this.#options = options;
  }

  async ofNodes(told: number): Promise<RecordFault | null> {
    const { records, store, upTo } = this.#options;
    const all = await records.countNodes(Number.MAX_SAFE_INTEGER);
    const { seq: end } = await store.head();
    const isTold = (await records.countNodes(upTo)) === told && (await records.countNodes(end)) >= all;
    return isTold ? null : this.#named("node");
  }

  async ofPast(told: number): Promise<RecordFault | null> {
    let ended = 0;
    const fault = await this.#each("node_history", ({ untilSeq }) => {
      if (untilSeq! <= this.#options.upTo) ended += 1;
    });
    return fault ?? (ended === told ? null : this.#named("node_history"));
  }

  async ofTags(told: number, toldEnded: number): Promise<RecordFault | null> {
    const { upTo } = this.#options;
    let [made, ended] = [0, 0];
    const fault = await this.#each("tag", ({ fromSeq, untilSeq }) => {
      if (fromSeq! <= upTo) made += 1;
      if (untilSeq !== null && untilSeq <= upTo) ended += 1;
    });
    return fault ?? (made === told && ended === toldEnded ? null : this.#named("tag"));
  }

  async ofValues(told: number): Promise<RecordFault | null> {
    const { records, store, upTo } = this.#options;
    const all = await records.countValues(Number.MAX_SAFE_INTEGER);
    const { seq: end } = await store.head();
    const isTold = (await records.countValues(upTo)) === told && (await records.countValues(end)) >= all;
    return isTold ? null : this.#named("value");
  }

  /** Those of nodes were compared; here are those of none. */
  async ofFiles(): Promise<RecordFault | null> {
    for await (const page of this.#pages("file")) {
      const stray = page.find(({ fromSeq }) => fromSeq === null);
      if (stray) return { table: "file", id: stray.nodeId, field: null, seq: null, reason: "there is no such version" };
    }
    return null;
  }

  /** @returns a row that names an entry which does not exist. */
  async #each(table: RecordTable, take: (key: RecordKey) => void): Promise<RecordFault | null> {
    for await (const page of this.#pages(table)) {
      const { seq: end } = await this.#options.store.head();
      const early = page.find(({ fromSeq, untilSeq }) => Math.max(fromSeq ?? 0, untilSeq ?? 0) > end);
      if (early) return stray(table, early, `it names an entry behind the ledger's end, ${end}`);
      page.forEach(take);
    }
    return null;
  }

  async *#pages(table: RecordTable): AsyncIterable<readonly RecordKey[]> {
    for (let last: RecordKey | null = null; ; ) {
      const page: readonly RecordKey[] = await this.#options.records.keys(table, last, PAGE);
      this.#options.signal?.throwIfAborted();
      yield page;
      if (page.length < PAGE) return;
      last = page.at(-1)!;
      await new Promise(setImmediate);
    }
  }

  async #named(table: RecordTable): Promise<RecordFault> {
    for await (const page of this.#pages(table))
      for (const key of page) {
        for (const seq of [key.fromSeq, key.untilSeq])
          if (seq !== null && !(await this.#tells(seq, table, key)))
            return stray(table, key, `entry ${seq} tells nothing of it`);
      }
    return { table, id: null, field: null, seq: null, reason: "there are more rows than the ledger tells of" };
  }

  /** Of later entries, which are left for the next time, only whether they exist. */
  async #tells(seq: number, table: RecordTable, row: RecordKey): Promise<boolean> {
    if (seq > this.#options.upTo) return seq <= (await this.#options.store.head()).seq;
    if (this.#last?.seq !== seq) {
      const [entry] = await this.#options.store.entries(seq - 1, 1);
      if (entry?.seq !== seq) return false;
      this.#last = this.#options.facts.project(entry);
    }
    if (table === "value") return this.#tellsValue(this.#last, row);
    const { changes, words } = this.#last;
    const { nodeId } = row;
    const [, kind, key] = row.key;
    return table === "tag"
      ? words.some((word) => word.nodeId === nodeId && word.kind === kind && word.key === key)
      : changes.some((change) => change.op === "node" && change.id === nodeId);
  }

  /** Whether it tells of this value; that it made the node then was found when its page was compared. */
  #tellsValue(entry: Projected, { key }: RecordKey): boolean {
    const nodes = new NodeChanges(new Map());
    nodes.apply(entry.changes, entry.seq);
    return nodes.writes().values.some((value) => isDeepStrictEqual(this.#options.records.valueKey(value), key));
  }
}

function stray(table: RecordTable, { nodeId, key }: RecordKey, reason: string): RecordFault {
  return {
    table,
    id: nodeId,
    field: null,
    seq: null,
    reason: `the row ${JSON.stringify(key)} is in no entry: ${reason}`,
  };
}
