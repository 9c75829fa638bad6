import { setTimeout as delay } from "node:timers/promises";

/** Waits so long, or until it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => {});
}
