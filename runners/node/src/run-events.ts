import { setTimeout as sleep } from "node:timers/promises";
import type { JobMessage, RunEvent } from "@clew/schema";
import { Backoff } from "./backoff.ts";

/** Stores one event; rejects where it may not have been stored. The same event again is stored once. */
export type PublishEvent = (event: RunEvent) => Promise<void>;

/** The event that a job's message is to those who follow the run; null for what is none (hello, output, result, failure). */
export function eventOf(message: JobMessage): RunEvent["event"] | null {
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
  readonly publish: PublishEvent;
  /** Ends the attempts to publish. */
  readonly signal: AbortSignal;
  /** How many events may be on their way at once; a job that says more waits. */
  readonly window?: number;
  readonly now?: () => Date;
}

const WINDOW = 256;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * An attempt's events: numbered from 1 without gaps and published in order, within a window. Metric points and log lines are never
 * dropped; of progress that finds the window full only the latest counts.
 */
export class RunEvents {
  readonly #options: RunEventsOptions;
  #inFlight = 0;
  /** Called when one more has arrived. */
  #arrived: (() => void) | null = null;
  #pendingProgress: RunEvent["event"] | null = null;
  #n = 0;
  #metrics = 0;

  constructor(options: RunEventsOptions) {
    this.#options = options;
  }

  /** How many metric points were sent. */
  get metrics(): number {
    return this.#metrics;
  }

  /** Resolves when there is room for the event, not when it has arrived. @throws the signal's reason. */
  async send(message: JobMessage): Promise<void> {
    const event = eventOf(message);
    if (event === null) return;
    if (event.type === "progress") {
      this.#pendingProgress = event;
      return this.#isFull() ? undefined : await this.#sendPending();
    }
    await this.#sendPending();
    await this.#enqueue(event);
    if (event.type === "metric") this.#metrics += 1;
  }

  /** Resolves when every event has arrived. @throws the signal's reason. */
  async flush(): Promise<void> {
    await this.#sendPending();
    while (this.#inFlight > 0) await this.#arrival();
    this.#options.signal.throwIfAborted();
  }

  async #sendPending(): Promise<void> {
    const pending = this.#pendingProgress;
    this.#pendingProgress = null;
    if (pending !== null) await this.#enqueue(pending);
  }

  #isFull(): boolean {
    return this.#inFlight >= (this.#options.window ?? WINDOW);
  }

  async #enqueue(event: RunEvent["event"]): Promise<void> {
    while (this.#isFull()) await this.#arrival();
    const { runId, attempt, signal, now = () => new Date() } = this.#options;
    signal.throwIfAborted();
    this.#n += 1;
    const at = now().toISOString();
    this.#inFlight += 1;
    void this.#publish({ schema: "clew/run-event/1", runId, attempt, n: this.#n, at, event }).finally(() => {
      this.#inFlight -= 1;
      this.#arrived?.();
    });
  }

  /** A job's messages come one after the other, so that at most one waits. */
  #arrival(): Promise<void> {
    return new Promise((done) => {
      this.#arrived = done;
    });
  }

  /** Tries for as long as the attempt lasts; never rejects. */
  async #publish(event: RunEvent): Promise<void> {
    const { publish, signal } = this.#options;
    const backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
    while (!signal.aborted) {
      try {
        return await publish(event);
      } catch {
        await sleep(backoff.next(), undefined, { signal }).catch(() => {});
      }
    }
  }
}
