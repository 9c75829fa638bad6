import {
  AckPolicy,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import { setTimeout as sleep } from "node:timers/promises";

const ACK_WAIT_NS = 30_000_000_000;
/** How long a pull lasts; also how long the client waits before it asks again for a consumer that it could not look at. */
const PULL_MS = 5_000;
const RETRY_MS = 500;

/** A message of a stream. It comes again unless it is acknowledged. */
export interface StreamMessage {
  /** Its number in the stream. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  header(name: string): string | undefined;
  /** How often it has been delivered, this time included. */
  readonly deliveries: number;
  ack(): void;
  /** Come again after so long. */
  later(delayMs: number): void;
}

export type Handler = (message: StreamMessage) => Promise<void>;

export interface ConsumptionParts {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly log: { warn(fields: object, message: string): void };
  /** Makes the streams that are missing. */
  readonly restore: () => Promise<void>;
  readonly stream: string;
  readonly durable: string;
  readonly atOnce: number;
  readonly handle: Handler;
}

/** Handles a stream's messages, by a consumer that is made again when NATS has lost it. */
export class Consumption {
  readonly #parts: ConsumptionParts;
  readonly #closing = new AbortController();
  #messages: ConsumerMessages | null = null;

  private constructor(parts: ConsumptionParts) {
    this.#parts = parts;
  }

  /** Answers when the first pull is out. */
  static async start(parts: ConsumptionParts): Promise<Consumption> {
    const consumption = new Consumption(parts);
    void consumption.#run(await consumption.#pull());
    return consumption;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#messages?.close();
  }

  async #run(first: ConsumerMessages): Promise<void> {
    const { log, stream } = this.#parts;
    for (let messages: ConsumerMessages | null = first; messages !== null; messages = await this.#pullAgain()) {
      try {
        await this.#handleAll(messages);
      } catch (error) {
        if (!this.#closing.signal.aborted) log.warn({ err: error, stream }, "a consumer was lost; it is made again");
      }
    }
  }

  async #pull(): Promise<ConsumerMessages> {
    const { client, manager, stream, durable, atOnce } = this.#parts;
    await manager.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_NS,
      max_ack_pending: atOnce * 4,
    });
    const consumer = await client.consumers.get(stream, durable);
    this.#messages = await consumer.consume({
      max_messages: atOnce,
      expires: PULL_MS,
      abort_on_missing_resource: true,
    });
    return this.#messages;
  }

  /** Tries until it is closed; null then. */
  async #pullAgain(): Promise<ConsumerMessages | null> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#parts.restore();
        return await this.#pull();
      } catch {
        // NATS is away, or not ready yet: the connection says so itself.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    return null;
  }

  async #handleAll(messages: ConsumerMessages): Promise<void> {
    if (this.#closing.signal.aborted) await messages.close();
    const running = new Set<Promise<void>>();
    for await (const message of messages) {
      const one = this.#handle(message).finally(() => running.delete(one));
      running.add(one);
      if (running.size >= this.#parts.atOnce) await Promise.race(running);
    }
    await Promise.all(running);
  }

  async #handle(message: JsMsg): Promise<void> {
    const { handle, log } = this.#parts;
    try {
      await handle(wrap(message));
    } catch (error) {
      log.warn({ err: error, subject: message.subject }, "a message was not handled; it comes again");
      message.nak(1_000);
    }
  }
}

function wrap(message: JsMsg): StreamMessage {
  return {
    seq: message.seq,
    subject: message.subject,
    data: message.data,
    header: (name) => message.headers?.get(name) || undefined,
    deliveries: message.info.deliveryCount,
    ack: () => message.ack(),
    later: (delayMs) => message.nak(delayMs),
  };
}
