import type { RunEvent } from "@clew/schema";
import DataLoader from "dataloader";
import { LogKeeper, storable } from "../features/runs/index.ts";
import type { MeasurementRow } from "../ports/ledger-store.ts";
import type { Operations } from "../ports/operations.ts";
import type { RunLogs } from "../ports/run-logs.ts";

export interface RunEventStores {
  readonly operations: Pick<Operations, "addMeasurements">;
  readonly logs: RunLogs;
  readonly logLinesMax: number;
}

/**
 * Keeps the points and lines that runs say in SQL; resolves once they are. What arrives together is written together: with a transaction
 * each, a thousand points took a second.
 */
export function keepRunEvents({
  operations,
  logs,
  logLinesMax,
}: RunEventStores): (said: readonly RunEvent[]) => Promise<unknown> {
  const keeper = new LogKeeper(logs, logLinesMax);
  const keep = async (events: readonly RunEvent[]): Promise<void> => {
    await operations.addMeasurements(events.flatMap(pointsIn));
    await keeper.keep(events);
  };
  const together = new DataLoader<readonly RunEvent[], null>((said) => keepAll(keep, said), { cache: false });
  return async (said) => said.length > 0 && together.load(said);
}

/** Should they not be taken together, each is tried by itself, so that a bad one does not hold up its neighbours. */
async function keepAll(
  keep: (events: readonly RunEvent[]) => Promise<void>,
  said: readonly (readonly RunEvent[])[],
): Promise<(null | Error)[]> {
  const tried = (events: readonly RunEvent[]): Promise<null | Error> =>
    keep(events).then(
      () => null,
      (error: unknown) => error as Error,
    );
  const together = await tried(said.flat());
  return together === null ? said.map(() => null) : await Promise.all(said.map(tried));
}

function pointsIn({ runId, attempt, n, at, event }: RunEvent): MeasurementRow[] {
  if (event.type !== "metric") return [];
  const { name, step, value } = event;
  return [{ runId, attempt, n, at: Date.parse(at), name: storable(name), step, value: JSON.stringify(value) }];
}
