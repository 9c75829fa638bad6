import { setTimeout as delay } from "node:timers/promises";
import type { Operations } from "../../ports/operations.ts";

/** Points that the attempt has sent come by another stream than its end, and may be moments behind it. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 50;

/** How many of an attempt's stated measurements are stored: waits a little for those that are on their way. */
export async function arrivedMeasurements(
  operations: Pick<Operations, "countMeasurements">,
  { run, attempt, measurements }: { readonly run: string; readonly attempt: number; readonly measurements: number },
): Promise<number> {
  if (measurements === 0) return 0;
  const patience = performance.now() + PATIENCE_MS;
  for (;;) {
    const arrived = await operations.countMeasurements(run, attempt);
    if (arrived >= measurements || performance.now() >= patience) return arrived;
    await delay(LOOK_MS);
  }
}
