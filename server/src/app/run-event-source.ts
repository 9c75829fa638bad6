import type { Subjects } from "@clew/schema";
import type { NatsBus } from "../adapters/nats/index.ts";
import type { NumberedEvents, RunEventSource } from "../features/runs/index.ts";
import { clientError } from "../graphql/errors.ts";
import type { ReportingRunners } from "./reporting-runners.ts";

/** Run events out of the stream that keeps them for a while. */
export function runEventSource(
  bus: NatsBus,
  reporting: ReportingRunners,
  { streams, runEvents }: Subjects,
): RunEventSource {
  const follow = async function* (runId: string, after: number, signal: AbortSignal): AsyncGenerator<NumberedEvents> {
    try {
      const messages = bus.follow(streams.events, runEvents(runId), after, signal);
      for await (const message of messages) yield { seq: message.seq, events: await reporting.read(message) };
    } catch (error) {
      if (signal.aborted) return;
      const message = `what the run says cannot be followed now: ${(error as Error).message}; resume from the last cursor`;
      throw clientError("RUN_EVENTS_UNAVAILABLE", message);
    }
  };
  return { follow, newest: (runId) => bus.newest(streams.events, runEvents(runId)) };
}
