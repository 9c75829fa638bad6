import { ARROW_TYPES, type ArrowType, arrowsOf } from "../core/arrows.ts";
import type { ArrowChange, ArrowProperties, EndChange, GraphChange, NodeChange } from "../core/graph-change.ts";
import type { EntryChanges } from "../core/graph-change.ts";
import type { CountQuery, LineageGraph, PathsQuery, Position, WalkQuery, WalkResult } from "./lineage-graph.ts";

/** What a contract suite is tried on. */
export interface ContractGraph {
  /** Empty. */
  readonly graph: LineageGraph;
  readonly dispose: () => Promise<void>;
}
export type MakeGraph = () => Promise<ContractGraph>;

/** Builders for tests and benches of lineage graphs. */
export function node(id: string, type = "Run", set: NodeChange["set"] = {}): NodeChange {
  return { op: "node", id, type, set };
}

export function arrow(
  from: string,
  to: string,
  type: ArrowType = "USED",
  properties: ArrowProperties = {},
): ArrowChange {
  return { op: "arrow", type, from, to, properties };
}

export function end(from: string, to: string, type: ArrowType = "USED"): EndChange {
  return { op: "end", type, from, to };
}

const LEDGER = "test-ledger";

export function positionAt(seq: number): Position {
  return { ledgerId: LEDGER, seq, leafHash: seq === 0 ? "" : seq.toString(16).padStart(64, "0") };
}

/** Entries from `first` on, one for each list of changes; entry n happened n seconds after 1970. */
export function entriesOf(first: number, lists: readonly (readonly GraphChange[])[]): EntryChanges[] {
  return lists.map((changes, index) => ({ seq: first + index, at: (first + index) * 1000, changes }));
}

/** Feeds a graph one batch after the other and remembers how far it is. */
export class Feeder {
  readonly graph: LineageGraph;
  seq = 0;

  constructor(graph: LineageGraph) {
    this.graph = graph;
  }

  /** One entry for each list of changes, all in one batch. */
  async feed(...lists: readonly (readonly GraphChange[])[]): Promise<void> {
    await this.apply(entriesOf(this.seq + 1, lists));
  }

  async apply(entries: readonly EntryChanges[]): Promise<void> {
    const to = entries.at(-1)!.seq;
    await this.graph.apply(entries, positionAt(this.seq), positionAt(to));
    this.seq = to;
  }
}

export function walkFrom(start: string, over: Partial<WalkQuery> = {}): WalkQuery {
  return {
    start,
    direction: "UPSTREAM",
    arrows: arrowsOf(["material"]),
    maxDepth: 32,
    asOf: {},
    types: [],
    after: null,
    limit: 1000,
    maxNodes: 10_000,
    timeoutMs: 15_000,
    ...over,
  };
}

export function countFrom(start: string, over: Partial<CountQuery> = {}): CountQuery {
  const { after: _after, limit: _limit, ...rest } = walkFrom(start, over);
  return rest;
}

export function pathsBetween(from: string, to: string, over: Partial<PathsQuery> = {}): PathsQuery {
  return { from, to, arrows: ARROW_TYPES, maxDepth: 32, asOf: {}, limit: 1000, timeoutMs: 15_000, ...over };
}

/** A walk's hits as text, `id@depth`. */
export function hitsOf({ hits }: WalkResult): string[] {
  return hits.map(({ id, depth }) => `${id}@${depth}`);
}
