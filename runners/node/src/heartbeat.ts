import type { Heartbeat } from "@clew/schema";
import type { Logger } from "pino";
import type { HeldLeases } from "./held-leases.ts";

/** Also the longest: a runner that is silent for 15 s counts as gone. */
const LONGEST_MS = 5_000;
const SHORTEST_MS = 250;
/** Beats within one lease, so that a lost one costs nothing. */
const BEATS_A_LEASE = 4;

export interface HeartbeatsOptions {
  readonly runnerId: string;
  readonly pool: string;
  readonly slots: number;
  readonly plugins: Heartbeat["plugins"];
  readonly leases: HeldLeases;
  /** Sends a beat, and rejects where it did not reach NATS. */
  readonly send: (beat: Heartbeat) => Promise<void>;
  readonly log: Logger;
}

/** Says every few seconds that the runner is there, and with it renews its leases. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #state: Heartbeat["state"] = "ready";
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #lastHeardAt = Date.now();
  #isWarned = false;
  #isStopped = false;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** Sends a beat now, and the next ones in due time. */
  beat(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.beat(), this.#everyMs());
    this.#beating = this.#beating.then(() => this.#send());
  }

  setDraining(): void {
    this.#state = "draining";
    this.beat();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
  }

  #everyMs(): number {
    const shortest = this.#options.leases.shortestMs;
    const due = shortest === null ? LONGEST_MS : shortest / BEATS_A_LEASE;
    return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, due));
  }

  #message(): Heartbeat {
    const { runnerId, pool, slots, plugins, leases } = this.#options;
    return {
      schema: "clew/heartbeat/1",
      runnerId,
      at: new Date().toISOString(),
      state: this.#state,
      pool,
      slots,
      plugins,
      leases: leases.all.map(({ runId, attempt, listensAt }) => {
        return { runId, attempt, ...(listensAt !== undefined && { listensAt }) };
      }),
    };
  }

  async #send(): Promise<void> {
    try {
      await this.#options.send(this.#message());
      this.#lastHeardAt = Date.now();
      this.#isWarned = false;
    } catch {
      this.#warnOfLeases();
    }
  }

  /** The jobs go on: the server may be away too, and then extends every lease when it comes back. */
  #warnOfLeases(): void {
    const { leases, log } = this.#options;
    const silentMs = Date.now() - this.#lastHeardAt;
    if (this.#isWarned || leases.shortestMs === null || silentMs < leases.shortestMs) return;
    this.#isWarned = true;
    log.warn({ silentMs, leases: leases.all }, "no heartbeat got through for longer than a lease; leases may be lost");
  }
}
