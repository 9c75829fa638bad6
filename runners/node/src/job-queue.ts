import { setTimeout as sleep } from "node:timers/promises";
import { type Subjects, majorOf } from "@clew/schema";
import { AckPolicy, JetStreamApiError, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "pino";
import { Backoff } from "./backoff.ts";
import { Delivery } from "./delivery.ts";
import type { HostedPlugin } from "./hosted-plugins.ts";

const ACK_WAIT_NS = 30_000_000_000;
const MAX_DELIVER = 20;
/** How long a pull waits at the server; also how long a drain waits for pulls that are out. */
const PULL_MS = 2_000;
const PULL_SLACK_MS = 3_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const MS_NS = 1_000_000;

/** A durable pull consumer that every runner of a pool shares. */
export interface JobConsumer {
  readonly name: string;
  readonly subject: string;
}

/** One consumer for each plugin and major version. "_" is in no plugin's and no pool's name, so that no two have one name. */
export function jobConsumers(plugins: readonly HostedPlugin[], pool: string, space: Subjects): JobConsumer[] {
  const consumers = plugins.map(({ manifest: { name, version } }) => {
    const major = majorOf(version);
    return { name: `${name}_${major}_${pool}`, subject: space.job(name, major, pool) };
  });
  return [...new Map(consumers.map((consumer) => [consumer.name, consumer])).values()];
}

export interface JobQueueOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly stream: string;
  readonly consumers: readonly JobConsumer[];
  readonly log: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * The invitations of all consumers as one queue from which one at a time is taken. What is there already is asked for in turn,
 * so that no plugin starves another; only where nothing is there does a pull wait at each consumer.
 */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #waiting = new Map<string, Promise<Delivery | null>>();
  readonly #ready: Delivery[] = [];
  #turn = 0;
  #isAsked = false;

  constructor(options: JobQueueOptions) {
    this.#options = options;
  }

  /** Makes the consumers; waits for the server to have made the stream. @throws the signal's reason. */
  async open(signal: AbortSignal): Promise<void> {
    for (const consumer of this.#options.consumers) await this.#ensure(consumer, signal);
  }

  /** The next invitation; null once the signal has been given. Not to be called again before it has answered. */
  async next(): Promise<Delivery | null> {
    this.#isAsked = true;
    try {
      return await this.#next();
    } finally {
      this.#isAsked = false;
    }
  }

  /** Gives back what came although nobody could take it; others get it at once. */
  release(): void {
    for (const message of this.#ready.splice(0)) message.later();
  }

  /** Resolves when no pull is out any more, so that no invitation is lost to a closed connection until it is sent again. */
  async settle(): Promise<void> {
    while (this.#waiting.size > 0) await Promise.race(this.#waiting.values());
    this.release();
  }

  async #next(): Promise<Delivery | null> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const message = this.#ready.shift() ?? (await this.#atHand()) ?? (await this.#awaited());
      if (message === null) continue;
      if (!signal.aborted) return message;
      message.later();
    }
    return null;
  }

  async #atHand(): Promise<Delivery | null> {
    const { consumers, signal } = this.#options;
    for (let asked = 0; asked < consumers.length && !signal.aborted; asked += 1) {
      const consumer = consumers[this.#turn % consumers.length];
      this.#turn += 1;
      if (consumer === undefined || this.#waiting.has(consumer.name)) continue;
      const message = await this.#pull(consumer, null);
      if (message !== null) return message;
    }
    return null;
  }

  async #awaited(): Promise<Delivery | null> {
    const { consumers, signal } = this.#options;
    if (signal.aborted) return null;
    for (const consumer of consumers) {
      if (this.#waiting.has(consumer.name)) continue;
      const pulling = this.#pull(consumer, PULL_MS).then((message) => {
        this.#waiting.delete(consumer.name);
        // A pull may end when every slot has been taken meanwhile.
        if (message !== null && !this.#isAsked) message.later();
        else if (message !== null) this.#ready.push(message);
        return message;
      });
      this.#waiting.set(consumer.name, pulling);
    }
    await Promise.race(this.#waiting.values());
    return this.#ready.shift() ?? null;
  }

  /** Asks for one message; waits for it where `waitMs` is given. Never rejects. */
  async #pull(consumer: JobConsumer, waitMs: number | null): Promise<Delivery | null> {
    const { connection, stream, log, signal } = this.#options;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer.name}`;
    const request = waitMs === null ? { batch: 1, no_wait: true } : { batch: 1, expires: waitMs * MS_NS };
    try {
      const timeout = (waitMs ?? 0) + PULL_SLACK_MS;
      // With an inbox of its own: a delivered message bears its own subject, by which a shared one could not be told apart.
      const message = await connection.request(subject, JSON.stringify(request), { timeout, noMux: true });
      // A status (404 nothing there, 408 nothing came, 409 …) has a code and no data.
      return message.headers !== undefined && message.headers.code > 0 ? null : new Delivery(message, connection);
    } catch (error) {
      if (signal.aborted) return null;
      log.debug({ err: error, consumer: consumer.name }, "a pull failed");
      await sleep(FIRST_RETRY_MS, undefined, { signal }).catch(() => {});
      // The stream or the consumer may have been deleted.
      await this.#ensure(consumer, signal).catch(() => {});
      return null;
    }
  }

  async #ensure({ name, subject }: JobConsumer, signal: AbortSignal): Promise<void> {
    const { manager, stream, log } = this.#options;
    const backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
    for (let isLogged = false; ; isLogged = true) {
      signal.throwIfAborted();
      try {
        await manager.consumers.add(stream, {
          durable_name: name,
          filter_subject: subject,
          ack_policy: AckPolicy.Explicit,
          ack_wait: ACK_WAIT_NS,
          max_deliver: MAX_DELIVER,
        });
        return;
      } catch (error) {
        if (error instanceof JetStreamApiError && (await this.#exists(name))) return;
        if (!isLogged)
          log.warn({ stream, consumer: name, reason: (error as Error).message }, "waiting for the job queue");
        await sleep(backoff.next(), undefined, { signal });
      }
    }
  }

  /** There with another configuration: somebody has chosen it, and it works as well. */
  async #exists(name: string): Promise<boolean> {
    return await this.#options.manager.consumers.info(this.#options.stream, name).then(
      () => true,
      () => false,
    );
  }
}
