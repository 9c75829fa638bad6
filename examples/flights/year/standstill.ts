import { setTimeout as delay } from "node:timers/promises";
import { type ClewClient, CliError } from "@clew/cli";
import { PipelineRunDocument, RunsDocument } from "@clew/schema/graphql";
import { NAMESPACE } from "../flights-client.ts";
import { judgedBy } from "./happenings.ts";
import { servedModel } from "./served.ts";

const POLL_MS = 300;
const WAIT_MS = 240_000;

/** What it asks for, once that is there: neither false, null nor undefined. */
export async function until<Found>(ask: () => Promise<Found>): Promise<NonNullable<Exclude<Found, false>>> {
  for (const deadline = Date.now() + WAIT_MS; ; await delay(POLL_MS)) {
    const found = await ask();
    if (found) return found as NonNullable<Exclude<Found, false>>;
    if (Date.now() > deadline) throw new CliError("this takes too long: `clew ls runs` shows what goes on");
  }
}

/** Flights that the monitor has judged the answers of; a challenger's answers beside them do not count. */
export async function judgedRows(client: ClewClient, monitor: string): Promise<number> {
  const { windows } = await judgedBy(client, monitor, new Date(0));
  return windows.reduce((sum, { measured }) => sum + (measured.get("answered_rows") ?? 0), 0);
}

/** Waits until nothing goes on that needs no more traffic. */
export async function rest(client: ClewClient, onProgress: (open: number) => void): Promise<void> {
  await until(async () => {
    const open = await openPipelines(client);
    onProgress(open);
    // A trigger takes a moment to start one, and a step to see a report.
    if (open > 0) return false;
    await delay(3 * POLL_MS);
    return (await openPipelines(client)) === 0;
  });
  // What is rolled back, or goes live, is served a moment later.
  await until(async () => (await servedModel(client)) !== null);
}

async function openPipelines(client: ClewClient): Promise<number> {
  const filter = {
    namespace: NAMESPACE,
    runTypes: ["PIPELINE" as const],
    states: ["QUEUED" as const, "RUNNING" as const],
  };
  const { runs } = await client.request(RunsDocument, filter);
  const waiting = await Promise.all(runs.nodes.map(({ id }) => waitsForTraffic(client, id)));
  return waiting.filter((isWaiting) => !isWaiting).length;
}

/** Whether it goes on only once the monitor has seen more of a challenger. */
async function waitsForTraffic(client: ClewClient, run: string): Promise<boolean> {
  const { node } = await client.request(PipelineRunDocument, { id: run });
  const steps = node !== null && "steps" in node ? (node.steps ?? []) : [];
  const running = steps.filter(({ state }) => state === "RUNNING");
  return running.length > 0 && running.every(({ stepType }) => stepType === "WATCH");
}
