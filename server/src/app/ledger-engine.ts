import type { Logger } from "pino";
import { FactCatalogue, type FactDefinition } from "../core/define-fact.ts";
import { Follower } from "../ledger/follower.ts";
import { GraphWork } from "../ledger/graph-work.ts";
import { LedgerTail } from "../ledger/ledger-tail.ts";
import { Recorder } from "../ledger/recorder.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";

export interface LedgerEngine {
  readonly facts: FactCatalogue;
  readonly tail: LedgerTail;
  readonly recorder: Recorder;
  readonly graph: Follower;
}

/** The write path, wired: recorder, what it keeps for followers, and the graph's follower. */
export function makeLedgerEngine(
  store: LedgerStore,
  graph: LineageGraph,
  definitions: readonly FactDefinition[],
  log: Logger,
): LedgerEngine {
  const facts = new FactCatalogue(definitions);
  const tail = new LedgerTail(store, facts);
  const recorder = new Recorder(store, (entries) => tail.keep(entries));
  return { facts, tail, recorder, graph: new Follower(new GraphWork(graph, store), store, tail, log) };
}
