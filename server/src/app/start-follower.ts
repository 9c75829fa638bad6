import { Follower, type FollowerLog, type FollowerWork } from "../ledger/follower.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { LedgerEngine } from "./ledger-engine.ts";
import type { Stops } from "./stops.ts";

/** Lets a work follow the ledger from now until the server stops. */
export function startFollower(
  work: FollowerWork,
  { tail, followers }: LedgerEngine,
  store: LedgerStore,
  stops: Stops,
  log: FollowerLog,
): void {
  const follower = new Follower(work, store, tail, log);
  followers.push(follower);
  follower.start();
  stops.add(`${work.name} follower`, () => follower.stop());
}
