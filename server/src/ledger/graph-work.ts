import type { LedgerStore } from "../ports/ledger-store.ts";
import { type LineageGraph, MissingEndpoint, type Position } from "../ports/lineage-graph.ts";
import { FollowerHalt } from "./follower-halt.ts";
import type { FollowerWork } from "./follower.ts";
import type { ProjectedEntry } from "./ledger-tail.ts";

/** Keeps the lineage graph: its position stands in the graph's own transaction, with the leaf hash of the entry it names. */
export class GraphWork implements FollowerWork {
  readonly name = "graph";
  readonly batchMax = 250;
  readonly #graph: LineageGraph;
  readonly #store: LedgerStore;
  #position: Position | null = null;

  constructor(graph: LineageGraph, store: LedgerStore) {
    this.#graph = graph;
    this.#store = store;
  }

  async position(): Promise<number> {
    const { ledgerId } = await this.#store.head();
    const found = await this.#graph.position();
    this.#position = found ?? { ledgerId, seq: 0, leafHash: "" };
    await this.#checkSameLedger(ledgerId, this.#position);
    return this.#position.seq;
  }

  async handle(entries: readonly ProjectedEntry[]): Promise<void> {
    const from = this.#position!;
    const last = entries.at(-1)!;
    const to = { ledgerId: from.ledgerId, seq: last.seq, leafHash: last.leafHash };
    const changes = entries.map(({ seq, recordedAt, changes }) => ({ seq, at: recordedAt, changes }));
    try {
      await this.#graph.apply(changes, from, to);
    } catch (error) {
      if (error instanceof MissingEndpoint) throw new FollowerHalt(error.message);
      // A graph that stands elsewhere was moved by another process, or reset: `position` then tells whether it still is this ledger's.
      throw error;
    }
    this.#position = to;
  }

  async reset(): Promise<void> {
    await this.#graph.reset();
    this.#position = null;
  }

  /** A graph of another ledger, or of one that was since restored from an older backup, must be rebuilt, not continued. */
  async #checkSameLedger(ledgerId: string, position: Position): Promise<void> {
    if (position.seq === 0) return;
    const [entry] = await this.#store.entries(position.seq - 1, 1);
    if (position.ledgerId === ledgerId && entry?.leafHash === position.leafHash) return;
    const found = entry ? `entry ${position.seq} has another hash` : `the ledger has no entry ${position.seq}`;
    const why = position.ledgerId === ledgerId ? found : `it follows the ledger ${position.ledgerId}`;
    throw new FollowerHalt(
      `GRAPH_FORK: the graph does not belong to this ledger (${why}); rebuild it with: clew rebuild`,
    );
  }
}
