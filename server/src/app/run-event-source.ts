import { RunEvent, type Subjects } from "@clew/schema";
import type { NatsBus } from "../adapters/nats/index.ts";
import type { NumberedEvent, RunEventSource } from "../features/runs/index.ts";
import { clientError } from "../graphql/errors.ts";

/** Run events out of the stream that keeps them for a while. */
export function runEventSource(bus: NatsBus, { streams, events }: Subjects): RunEventSource {
  return {
    follow: (runId, after, signal) => follow(bus.follow(streams.events, events(runId), after, signal), signal),
    newest: (runId) => bus.newest(streams.events, events(runId)),
  };
}

async function* follow(messages: ReturnType<NatsBus["follow"]>, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
  try {
    for await (const { seq, data } of messages) yield { seq, event: readRunEvent(data) };
  } catch (error) {
    if (signal.aborted) return;
    const message = `what the run says cannot be followed now: ${(error as Error).message}; resume from the last cursor`;
    throw clientError("RUN_EVENTS_UNAVAILABLE", message);
  }
}

/** Null for what is none. */
export function readRunEvent(data: Uint8Array): RunEvent | null {
  return RunEvent.safeParse(parseJson(data)).data ?? null;
}

export function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {
    return undefined;
  }
}
