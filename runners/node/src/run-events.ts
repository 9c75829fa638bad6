import { setImmediate as turn } from "node:timers/promises";
import { type JobMessage, type RunEvent, type RunEventBatch, RUN_EVENTS_MAX } from "@clew/schema";
import { untilStored } from "./until-stored.ts";

/** Stores events; rejects where they may not have been stored. The same batch again is stored once. */
export type PublishEvents = (batch: RunEventBatch) => Promise<void>;

type EventBody = RunEvent["event"];

/** The event that a job's message is to those who follow the run; null for what is none (hello, output, result, failure). */
export function eventOf(message: JobMessage): EventBody | null {
  switch (message.type) {
    case "progress":
      return { type: "progress", fraction: message.fraction, message: message.message };
    case "log":
      return { type: "log", level: message.level, message: message.message };
    case "metric":
      return { type: "metric", name: message.name, value: message.value, step: message.step };
    default:
      return null;
  }
}

export interface RunEventsOptions {
  readonly runId: string;
  readonly attempt: number;
  readonly publish: PublishEvents;
  /** Ends the attempts to publish. */
  readonly signal: AbortSignal;
  /** How many events may wait at once; a job that says more waits. 1,000 unless given. */
  readonly waitingMax?: number;
  /** What one message may carry, in bytes of JSON. 128 KiB unless given. */
  readonly batchMaxBytes?: number;
  readonly now?: () => Date;
}

/** NATS takes messages of 1 MiB unless it is told otherwise; the server reads many at once. */
export const BATCH_MAX_BYTES = 128 * 1024;
/** What an event takes in JSON beside its text, and one character of it at most (as \u0000). */
const EVENT_BYTES = 200;
const CHARACTER_BYTES = 6;

interface Waiting {
  readonly said: RunEventBatch["events"][number];
  readonly sizeBytes: number;
}

/**
 * An attempt's events, numbered from 1 without gaps. One message is on its way at a time, and what a job says meanwhile goes with the
 * next: so the stream has them in the order of their numbers, whatever was published twice, and a job that says a lot does not wait for
 * an acknowledgement of each. Metric points and log lines are never dropped; of progress that waits only the latest counts.
 */
export class RunEvents {
  readonly #options: RunEventsOptions;
  readonly #batchMaxBytes: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isSending = false;
  #moved = Promise.withResolvers<void>();
  #n = 0;
  #metrics = 0;

  constructor(options: RunEventsOptions) {
    this.#options = options;
    this.#batchMaxBytes = options.batchMaxBytes ?? BATCH_MAX_BYTES;
  }

  /** How many metric points were sent. */
  get metrics(): number {
    return this.#metrics;
  }

  /** Resolves when there is room for the event, not when it has arrived. @throws the signal's reason. */
  async send(message: JobMessage): Promise<void> {
    const event = eventOf(message);
    if (event === null) return;
    const { signal } = this.#options;
    if (event.type === "progress" && this.#waiting.at(-1)?.said.event.type === "progress") this.#forgetLast();
    while (this.#isFull() && !signal.aborted) await this.#moved.promise;
    signal.throwIfAborted();
    this.#put(event);
    if (event.type === "metric") this.#metrics += 1;
    if (!this.#isSending) void this.#sendAll();
  }

  /** Resolves when every event has arrived. @throws the signal's reason. */
  async flush(): Promise<void> {
    while (this.#isSending) await this.#moved.promise;
    this.#options.signal.throwIfAborted();
  }

  #isFull(): boolean {
    const { waitingMax = RUN_EVENTS_MAX } = this.#options;
    return this.#waiting.length >= waitingMax || this.#waitingBytes >= this.#batchMaxBytes;
  }

  #put(event: EventBody): void {
    const { now = () => new Date() } = this.#options;
    const said = { at: now().toISOString(), event: shortened(event, this.#batchMaxBytes) };
    const sizeBytes = Buffer.byteLength(JSON.stringify(said));
    this.#waiting.push({ said, sizeBytes });
    this.#waitingBytes += sizeBytes;
  }

  #forgetLast(): void {
    this.#waitingBytes -= this.#waiting.pop()?.sizeBytes ?? 0;
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    const { publish, signal } = this.#options;
    this.#isSending = true;
    // What a job prints at once is read in one turn of the event loop, and goes together.
    await turn();
    while (this.#waiting.length > 0 && !signal.aborted) {
      const batch = this.#nextBatch();
      this.#tellMoved();
      await untilStored(() => publish(batch), signal);
    }
    this.#isSending = false;
    this.#tellMoved();
  }

  #nextBatch(): RunEventBatch {
    let count = 0;
    let sizeBytes = EVENT_BYTES;
    for (const waiting of this.#waiting) {
      if (count > 0 && (count >= RUN_EVENTS_MAX || sizeBytes + waiting.sizeBytes > this.#batchMaxBytes)) break;
      count += 1;
      sizeBytes += waiting.sizeBytes + 1;
    }
    const taken = this.#waiting.splice(0, count);
    for (const { sizeBytes: gone } of taken) this.#waitingBytes -= gone;
    const { runId, attempt } = this.#options;
    const n = this.#n + 1;
    this.#n += count;
    return { schema: "clew/run-event-batch/1", runId, attempt, n, events: taken.map(({ said }) => said) };
  }

  #tellMoved(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }
}

/** A line of a log that NATS would not take as it is would be tried for ever. */
function shortened(event: EventBody, maxBytes: number): EventBody {
  const characters = Math.max(1, Math.floor((maxBytes - 2 * EVENT_BYTES) / CHARACTER_BYTES));
  if (event.type !== "log" || event.message.length <= characters) return event;
  return { ...event, message: `${event.message.slice(0, characters - 1)}…` };
}
