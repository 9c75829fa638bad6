import type { Subjects } from "@clew/schema";
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { followSubject, type FollowedMessage, newestOf } from "./follow-subject.ts";
import { ensureStreams } from "./streams.ts";

const ACK_WAIT_NS = 30_000_000_000;
/** Older servers ignore per-message settings that Clew relies on, without a word. */
const VERSION_MIN = [2, 11] as const;

export interface BusLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface BusOptions {
  readonly url: string;
  readonly token?: string | undefined;
  /** The text of a NATS credentials file. */
  readonly credentials?: string | undefined;
  readonly subjects: Subjects;
  readonly log: BusLog;
}

/** A message of a stream. It comes again unless it is acknowledged. */
export interface StreamMessage {
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

/** NATS JetStream as the server uses it. */
export class NatsBus {
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #log: BusLog;
  readonly #consuming = new Set<ConsumerMessages>();

  private constructor(connection: NatsConnection, manager: JetStreamManager, log: BusLog) {
    this.#connection = connection;
    this.#client = jetstream(connection);
    this.#manager = manager;
    this.#log = log;
  }

  /** @throws when the server is too old, or has no JetStream: the message says what to do. */
  static async open({ url, token, credentials, subjects, log }: BusOptions): Promise<NatsBus> {
    const connection = await connect({
      servers: url,
      name: "clew-server",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      ...(token ? { token } : {}),
      ...(credentials ? { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) } : {}),
    });
    checkVersion(connection);
    const manager = await jetstreamManager(connection).catch((cause: unknown) => {
      throw new Error("nats-server runs without JetStream: start it with -js", { cause });
    });
    await ensureStreams(manager, subjects);
    const bus = new NatsBus(connection, manager, log);
    void bus.#watch();
    return bus;
  }

  get isConnected(): boolean {
    return !this.#connection.isClosed();
  }

  /** Answers once the stream has stored the message; the same id within two minutes is stored once. */
  async publish(subject: string, data: Uint8Array | string, messageId: string): Promise<void> {
    await this.#client.publish(subject, data, { msgID: messageId, timeout: 5_000 });
  }

  /** Fire and forget, to whoever listens now. */
  send(subject: string, data: Uint8Array | string): void {
    this.#connection.publish(subject, data);
  }

  /** Hears what is sent on a subject now. Answers how to stop. */
  listen(subject: string, hear: (data: Uint8Array, subject: string) => void): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.#log.warn({ err: error, subject }, "a subscription failed");
        else hear(message.data, message.subject);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Handles a stream's messages, at most `atOnce` at a time, shared with every server that uses the same durable name. */
  async consume(stream: string, durable: string, atOnce: number, handle: Handler): Promise<void> {
    await this.#manager.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_NS,
      max_ack_pending: atOnce * 4,
    });
    const consumer = await this.#client.consumers.get(stream, durable);
    void this.#consume(consumer, atOnce, handle);
  }

  /** A subject's messages in a stream after number `after`, kept ones and those to come, until it is aborted. */
  follow(stream: string, subject: string, after: number, signal: AbortSignal): AsyncIterable<FollowedMessage> {
    return followSubject(this.#client, { stream, subject, after }, signal);
  }

  /** The number of a subject's newest message in a stream; 0 when there is none. */
  newest(stream: string, subject: string): Promise<number> {
    return newestOf(this.#manager, stream, subject);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consuming].map((messages) => messages.close()));
    await this.#connection.drain();
  }

  async #consume(consumer: Consumer, atOnce: number, handle: Handler): Promise<void> {
    const messages = await consumer.consume({ max_messages: atOnce });
    this.#consuming.add(messages);
    const running = new Set<Promise<void>>();
    for await (const message of messages) {
      const one = this.#handle(message, handle).finally(() => running.delete(one));
      running.add(one);
      if (running.size >= atOnce) await Promise.race(running);
    }
    await Promise.all(running);
  }

  async #handle(message: JsMsg, handle: Handler): Promise<void> {
    try {
      await handle(wrap(message));
    } catch (error) {
      this.#log.warn({ err: error, subject: message.subject }, "a message was not handled; it comes again");
      message.nak(1_000);
    }
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "disconnect") this.#log.warn({}, "NATS is not reachable; trying again");
      if (status.type === "reconnect") this.#log.info({}, "NATS is reachable again");
    }
  }
}

function wrap(message: JsMsg): StreamMessage {
  return {
    subject: message.subject,
    data: message.data,
    header: (name) => message.headers?.get(name) || undefined,
    deliveries: message.info.deliveryCount,
    ack: () => message.ack(),
    later: (delayMs) => message.nak(delayMs),
  };
}

function checkVersion(connection: NatsConnection): void {
  const version = connection.info?.version ?? "0.0.0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  if (!isEnough) throw new Error(`nats-server ${version} is too old: Clew needs ${VERSION_MIN.join(".")} or newer`);
}
