import type { NodeOf } from "../../core/define-node.ts";
import type { Presence } from "../runners/index.ts";
import { nextAttempt } from "./attempts.ts";
import type { Run } from "./run.node.ts";

/** The dead letter of an invitation that the run still waits on. */
export interface UntakenInvitation {
  readonly id: string;
  readonly deliveries: number;
}
export type FindUntaken = (run: NodeOf<typeof Run>) => Promise<UntakenInvitation | null>;

/** The same of a pipeline's run, whose steps are runs: `whyRun` says it of one of them. */
export type WhyPipelineWaits = (
  run: RunNode,
  whyRun: (run: RunNode) => Promise<string | null>,
) => Promise<string | null>;
type RunNode = NodeOf<typeof Run>;

/** One sentence on what a queued run waits for, and what to do about it. */
export async function whyWaiting(
  run: NodeOf<typeof Run>,
  presence: Presence,
  findUntaken: FindUntaken,
  now: number,
): Promise<string | null> {
  if (run.state !== "QUEUED" || run.plugin === null) return null;
  if (run.notBefore > now)
    return `waits until ${new Date(run.notBefore).toISOString()} before attempt ${nextAttempt(run)}`;
  const untaken = await findUntaken(run);
  if (untaken !== null)
    return `no runner took it, though it was offered ${untaken.deliveries} times; have it offered again with "clew dead resend ${untaken.id}"`;
  return whyNotTaken(run.plugin.name, run.pool, presence);
}

function whyNotTaken(plugin: string, pool: string, presence: Presence): string {
  const hosts = presence.hosting(plugin, pool);
  if (hosts.length === 0) {
    return `no runner that hosts ${plugin} in the pool ${pool} is there; start one, or see "clew doctor"`;
  }
  const ready = hosts.filter(({ state }) => state === "ready");
  if (ready.length === 0) return `every runner that hosts ${plugin} is draining`;
  if (ready.every(({ slots, leases }) => leases.length >= slots)) return `every runner that hosts ${plugin} is busy`;
  return "a runner is about to take it";
}
