import type { FollowerLog } from "../ledger/follower.ts";
import { Tries } from "../ledger/tries.ts";
import { PipelineStarter } from "../features/pipelines/index.ts";
import { CronClock, TriggerWork } from "../features/triggers/index.ts";
import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { LedgerEngine } from "./ledger-engine.ts";
import { startFollower } from "./start-follower.ts";
import type { Stops } from "./stops.ts";

/** Fires triggers from now on: a follower of the ledger, and a clock. */
export function startTriggers(
  { ledger: store, nodes: reader }: SqlDatabase,
  ledger: LedgerEngine,
  stops: Stops,
  log: FollowerLog,
): void {
  const { recorder } = ledger;
  const record: typeof recorder.record = (command) => recorder.record(command);
  const pipelines = new PipelineStarter({ reader, record });
  const parts = { reader, record, pipelines, tries: new Tries(), log };
  startFollower(new TriggerWork(store, parts), ledger, store, stops, log);
  const clock = new CronClock({ recorder, reader, log });
  clock.start();
  stops.add("clock of triggers", () => clock.stop());
}
