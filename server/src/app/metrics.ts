import { Prometheus, type Reading, type Sample } from "../adapters/prometheus/index.ts";
import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { Presence } from "../features/runners/index.ts";
import { Run } from "../features/runs/index.ts";
import type { LedgerEngine } from "./ledger-engine.ts";
import type { Logger } from "pino";

/** Above this many runs of a state they are not counted on. */
const RUNS_COUNTED_MAX = 10_000;
const UNFINISHED = ["QUEUED", "LEASED", "RUNNING"] as const;

export interface MetricsParts {
  readonly database: Pick<SqlDatabase, "ledger" | "nodes" | "webhooks">;
  readonly ledger: LedgerEngine;
  readonly presence: Presence;
}

/** What an operator watches a server by. Labels are names that the code knows: nothing that a user, a runner or a plugin is called. */
export function makeMetrics(parts: MetricsParts, log: Logger): Prometheus {
  return new Prometheus([...ledgerReadings(parts), ...followerReadings(parts), ...workReadings(parts)], log);
}

function ledgerReadings({ database, ledger }: MetricsParts): Reading[] {
  const { checkpointer, recorder } = ledger;
  return [
    {
      name: "clew_ledger_entries",
      help: "Entries of the ledger, which is the number of the newest.",
      read: async () => [{ value: (await database.ledger.head()).seq }],
    },
    {
      name: "clew_ledger_signed_entries",
      help: "Entries that the newest signed head of this server covers.",
      read: () => [{ value: checkpointer.latest?.size ?? 0 }],
    },
    {
      name: "clew_ledger_read_only",
      help: "1 where the ledger does not match its checkpoint, and nothing is written any more.",
      read: () => [{ value: Number(checkpointer.fork !== null) }],
    },
    {
      name: "clew_mutations_waiting",
      help: "Mutations that wait for the ledger in this server.",
      read: () => [{ value: recorder.waiting }],
    },
  ];
}

function followerReadings({ database, ledger: { followers } }: MetricsParts): Reading[] {
  const labels = ["follower"];
  const ofEach = (value: (follower: (typeof followers)[number]) => number): Sample[] =>
    followers.map((follower) => ({ value: value(follower), labels: { follower: follower.name } }));
  return [
    {
      name: "clew_follower_seq",
      help: "The newest entry that a follower has done, as this server knows.",
      labels,
      read: () => ofEach(({ seq }) => seq),
    },
    {
      name: "clew_follower_lag_entries",
      help: "Entries that a follower has still to do, as this server knows.",
      labels,
      read: async () => {
        const head = await database.ledger.head();
        return ofEach(({ seq }) => Math.max(0, head.seq - seq));
      },
    },
    {
      name: "clew_follower_halted",
      help: "1 where a follower of this server met what it cannot do, and stands still.",
      labels,
      read: () => ofEach(({ halted }) => Number(halted !== null)),
    },
  ];
}

function workReadings({ database: { nodes, webhooks }, presence }: MetricsParts): Reading[] {
  const countRuns = async (state: string): Promise<Sample> => {
    const filter = { types: [Run.name], namespaces: null, states: [state] };
    return { value: await nodes.count(filter, RUNS_COUNTED_MAX), labels: { state } };
  };
  return [
    {
      name: "clew_runs",
      help: `Runs that have not ended, by state; at most ${RUNS_COUNTED_MAX} are counted. QUEUED ones wait for a runner.`,
      labels: ["state"],
      read: () => Promise.all(UNFINISHED.map(countRuns)),
    },
    {
      name: "clew_runners",
      help: "Runners whose heartbeats this server hears, by state.",
      labels: ["state"],
      read: () => countBy(presence.present(), ["ready", "draining"], ({ state }) => state),
    },
    {
      name: "clew_webhooks",
      help: "Webhooks: delivering, failing (the last attempt did) or given_up.",
      labels: ["state"],
      read: async () =>
        countBy(await webhooks.all(), ["delivering", "failing", "given_up"], ({ disabledReason, failures }) =>
          disabledReason !== null ? "given_up" : failures > 0 ? "failing" : "delivering",
        ),
    },
  ];
}

function countBy<Item>(items: readonly Item[], states: readonly string[], of: (item: Item) => string): Sample[] {
  const counts = Map.groupBy(items, of);
  return states.map((state) => ({ value: counts.get(state)?.length ?? 0, labels: { state } }));
}
