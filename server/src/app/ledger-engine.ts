import type { Logger } from "pino";
import { FactCatalogue, type FactDefinition } from "../core/define-fact.ts";
import { Checkpointer } from "../ledger/checkpointer.ts";
import { Follower } from "../ledger/follower.ts";
import { GraphWork } from "../ledger/graph-work.ts";
import { LedgerTail } from "../ledger/ledger-tail.ts";
import { Recorder } from "../ledger/recorder.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";
import type { Signing } from "./signing.ts";

export interface LedgerEngine {
  readonly facts: FactCatalogue;
  readonly tail: LedgerTail;
  readonly recorder: Recorder;
  readonly checkpointer: Checkpointer;
  readonly graph: Follower;
  /** Every follower of this server: the graph's, and those that are added. */
  readonly followers: Follower[];
}

/** The write path, wired: recorder, what it keeps for followers, what signs its heads, and the graph's follower. */
export function makeLedgerEngine(
  store: LedgerStore,
  graph: LineageGraph,
  definitions: readonly FactDefinition[],
  signing: Signing,
  log: Logger,
): LedgerEngine {
  const facts = new FactCatalogue(definitions);
  const tail = new LedgerTail(store, facts);
  const recorder = new Recorder(store, (entries) => tail.keep(entries));
  const onFork = (reason: string) => recorder.setReadOnly(reason);
  const checkpointer = new Checkpointer({ store, tail, ...signing, log, onFork });
  const follower = new Follower(new GraphWork(graph, store), store, tail, log);
  return { facts, tail, recorder, checkpointer, graph: follower, followers: [follower] };
}
