import { setTimeout as sleep } from "node:timers/promises";
import { Backoff } from "./backoff.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Stores what must not be lost, as often as it takes for as long as the attempt lasts; never rejects. */
export async function untilStored(store: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  while (!signal.aborted) {
    try {
      return await store();
    } catch {
      await sleep(backoff.next(), undefined, { signal }).catch(() => {});
    }
  }
}
