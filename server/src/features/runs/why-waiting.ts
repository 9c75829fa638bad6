import type { NodeOf } from "../../core/define-node.ts";
import type { Presence } from "../runners/index.ts";
import type { Run } from "./run.node.ts";

/** One sentence on what a queued run waits for, and what to do about it. */
export function whyWaiting(run: NodeOf<typeof Run>, presence: Presence, now: number): string | null {
  if (run.state !== "QUEUED" || run.plugin === null) return null;
  if (run.notBefore > now)
    return `waits until ${new Date(run.notBefore).toISOString()} before attempt ${run.attempts.length + 1}`;
  const hosts = presence.hosting(run.plugin.name, run.pool);
  if (hosts.length === 0) {
    return `no runner that hosts ${run.plugin.name} in the pool ${run.pool} is there; start one, or see "clew doctor"`;
  }
  const ready = hosts.filter(({ state }) => state === "ready");
  if (ready.length === 0) return `every runner that hosts ${run.plugin.name} is draining`;
  if (ready.every(({ slots, leases }) => leases.length >= slots))
    return `every runner that hosts ${run.plugin.name} is busy`;
  return "a runner is about to take it";
}
