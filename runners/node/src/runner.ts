import { setTimeout as sleep } from "node:timers/promises";
import { PluginFailure } from "@clew/plugin-sdk";
import type { Logger } from "pino";
import { Attempt } from "./attempt.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import type { ClaimedAttempt, Claimer } from "./claim.ts";
import type { Heartbeats } from "./heartbeat.ts";
import type { Delivery } from "./delivery.ts";
import type { HeldLeases } from "./held-leases.ts";
import type { HostedPlugin } from "./hosted-plugins.ts";
import type { JobQueue } from "./job-queue.ts";

/** How long cancelled jobs and their reports may take at the end of a drain. */
const FINISH_MS = 30_000;
const WORKING_EVERY_MS = 10_000;

export interface RunnerParts {
  readonly slots: number;
  readonly drainMs: number;
  /** By `name@version`. */
  readonly plugins: ReadonlyMap<string, HostedPlugin>;
  readonly leases: HeldLeases;
  readonly heartbeats: Heartbeats;
  readonly queue: JobQueue;
  readonly claimer: Claimer;
  readonly attempt: AttemptParts;
  /** Ends the queue's waiting. */
  readonly taking: AbortController;
  /** Ends claims that are on their way. */
  readonly closing: AbortController;
  readonly log: Logger;
  /** Ends the connections. */
  readonly close: () => Promise<void>;
}

export interface RunningRunner {
  /**
   * Takes no more jobs, gives those that run the configured time, ends the others with RUNNER_STOPPED, reports, and closes. Calling it
   * again waits for the same.
   */
  drain(): Promise<void>;
  /** Kills what runs, reports nothing, and closes. */
  stop(): Promise<void>;
}

/** Takes invitations while it has a free slot, and runs what it has claimed. */
export class Runner implements RunningRunner {
  readonly #parts: RunnerParts;
  readonly #busy = new Set<Promise<void>>();
  readonly #attempts = new Set<Attempt>();
  #takingJobs: Promise<void> = Promise.resolve();
  #draining: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.heartbeats.beat();
    this.#takingJobs = this.#takeJobs();
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  async stop(): Promise<void> {
    this.#parts.taking.abort();
    this.#parts.closing.abort();
    for (const attempt of this.#attempts) attempt.forget(stopped());
    await this.#takingJobs;
    await Promise.all(this.#busy);
    await this.#close();
  }

  async #takeJobs(): Promise<void> {
    const { slots, queue, taking } = this.#parts;
    const told = new Promise<void>((done) => taking.signal.addEventListener("abort", () => done(), { once: true }));
    for (;;) {
      while (this.#busy.size >= slots && !taking.signal.aborted) await Promise.race([...this.#busy, told]);
      const message = await queue.next();
      if (message === null) return;
      const handling = this.#handle(message).finally(() => this.#busy.delete(handling));
      this.#busy.add(handling);
      if (this.#busy.size >= slots) queue.release();
    }
  }

  async #handle(message: Delivery): Promise<void> {
    const claimed = await this.#claim(message);
    if (claimed === null) return;
    const plugin = this.#parts.plugins.get(claimed.plugin);
    if (plugin === undefined) throw new Error(`${claimed.plugin} was claimed and is not hosted`);
    const attempt = new Attempt(this.#parts.attempt, claimed, plugin);
    this.#attempts.add(attempt);
    if (this.#parts.closing.signal.aborted) attempt.forget(stopped());
    await attempt.run();
    this.#attempts.delete(attempt);
    this.#parts.leases.release(claimed);
  }

  /** Claims, and says to the queue what became of the invitation. */
  async #claim(message: Delivery): Promise<ClaimedAttempt | null> {
    const { claimer, leases, log } = this.#parts;
    const working = setInterval(() => message.working(), WORKING_EVERY_MS);
    const claim = await claimer.claim(message.data);
    clearInterval(working);
    if (claim.verdict === "taken") {
      leases.take(claim.claimed);
      // Not waited for: should the acknowledgement be lost, the invitation comes again and is dropped.
      void message.done().catch(() => {});
      return claim.claimed;
    }
    if (claim.verdict === "drop") {
      log.debug({ reason: claim.reason }, "an invitation is dropped");
      await message.done().catch(() => {});
    } else {
      log.info({ reason: claim.reason }, "an invitation is given back");
      message.later(claim.delayMs);
    }
    return null;
  }

  async #drain(): Promise<void> {
    const { heartbeats, taking, log, drainMs } = this.#parts;
    log.info({ jobs: this.#attempts.size }, "draining: no more jobs are taken");
    heartbeats.setDraining();
    taking.abort();
    await this.#takingJobs;
    const stops = new PluginFailure("RUNNER_STOPPED", "the runner stopped");
    for (const attempt of this.#attempts) if (attempt.isService) attempt.cancel(stops);
    if (!(await this.#ended(drainMs))) {
      const reason = `the runner stopped and waited ${drainMs / 1000} s for the job`;
      for (const attempt of this.#attempts) attempt.cancel(new PluginFailure("RUNNER_STOPPED", reason));
      await this.#ended(FINISH_MS);
    }
    await this.stop();
  }

  /** Whether all that runs has ended within the time. */
  async #ended(withinMs: number): Promise<boolean> {
    const timeout = new AbortController();
    const late = sleep(withinMs, false, { signal: timeout.signal }).catch(() => false);
    const all = Promise.all(this.#busy).then(() => true);
    const isEnded = await Promise.race([all, late]);
    timeout.abort();
    return isEnded;
  }

  #close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#parts.queue.settle();
      await this.#parts.heartbeats.stop();
      await this.#parts.close();
      this.#parts.log.info("the runner has ended");
    })();
    return this.#closing;
  }
}

function stopped(): Error {
  return new Error("the runner was stopped");
}
