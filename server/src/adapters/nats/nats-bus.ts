import type { Subjects } from "@clew/schema";
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator, headers, type NatsConnection, RequestError } from "@nats-io/transport-node";
import { Consumption, type Handler } from "./consumption.ts";
import { followSubject, type FollowedMessage, newestOf } from "./follow-subject.ts";
import { StoredMessages } from "./stored-messages.ts";
import { StreamReaders } from "./stream-readers.ts";
import { ensureStreams } from "./streams.ts";

/** Older servers ignore per-message settings that Clew relies on, without a word. */
const VERSION_MIN = [2, 11] as const;
const USUAL_MAX_BYTES = 1024 * 1024;
/** A connection that answers two pings with nothing is made anew: well within a lease, for nothing is heard on it. */
const PING_MS = 5_000;

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

/** NATS JetStream as the server uses it. */
export class NatsBus {
  /** What streams hold, apart from consuming it. */
  readonly stored: StoredMessages;
  /** Consumers that others pull from. */
  readonly readers: StreamReaders;
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #log: BusLog;
  readonly #subjects: Subjects;
  readonly #consuming: Consumption[] = [];
  readonly #onRemade = new Set<(streams: readonly string[]) => void>();
  /** When each stream was made. */
  #made: ReadonlyMap<string, string> = new Map();
  #restoring: Promise<void> | null = null;
  #isAway = false;

  private constructor(connection: NatsConnection, manager: JetStreamManager, subjects: Subjects, log: BusLog) {
    this.#connection = connection;
    this.#subjects = subjects;
    this.#client = jetstream(connection);
    this.#manager = manager;
    this.stored = new StoredMessages(manager);
    this.readers = new StreamReaders(manager);
    this.#log = log;
  }

  /** @throws when the server is too old, or has no JetStream: the message says what to do. */
  static async open({ url, token, credentials, subjects, log }: BusOptions): Promise<NatsBus> {
    const connection = await connect({
      servers: url,
      name: "clew-server",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      pingInterval: PING_MS,
      ...(token ? { token } : {}),
      ...(credentials ? { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) } : {}),
    });
    checkVersion(connection);
    const manager = await jetstreamManager(connection).catch((cause: unknown) => {
      throw new Error("nats-server runs without JetStream: start it with -js", { cause });
    });
    const bus = new NatsBus(connection, manager, subjects, log);
    bus.#made = await ensureStreams(manager, subjects);
    void bus.#watch();
    return bus;
  }

  /** Whether NATS is reachable now, as far as this has heard. */
  get isConnected(): boolean {
    return !this.#isAway && !this.#connection.isClosed();
  }

  /** What NATS takes of one message, where it has no headers. */
  get messageMaxBytes(): number {
    return this.#connection.info?.max_payload ?? USUAL_MAX_BYTES;
  }

  /** Calls `act` with the names of streams that NATS had lost with all that they held, once they are there again. */
  onRemade(act: (streams: readonly string[]) => void): void {
    this.#onRemade.add(act);
  }

  /** Answers once the stream has stored the message; the same id within two minutes is stored once. */
  async publish(
    subject: string,
    data: Uint8Array | string,
    messageId: string,
    named: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const sent = headers();
    for (const [name, value] of Object.entries(named)) sent.set(name, value);
    const options = { msgID: messageId, timeout: 5_000, headers: sent };
    try {
      await this.#client.publish(subject, data, options);
    } catch (error) {
      if (!isUnheard(error)) throw error;
      await this.#restore();
      await this.#client.publish(subject, data, options);
    }
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
    const [client, manager, log] = [this.#client, this.#manager, this.#log];
    const restore = () => this.#restore();
    this.#consuming.push(await Consumption.start({ client, manager, log, restore, stream, durable, atOnce, handle }));
  }

  /** A subject's messages in a stream after number `after`, kept ones and those to come, until it is aborted. */
  follow(stream: string, subject: string, after: number, signal: AbortSignal): AsyncIterable<FollowedMessage> {
    return followSubject(this.#client, this.#manager, { stream, subject, after }, signal);
  }

  /** The number of a subject's newest message in a stream; 0 when there is none. */
  newest(stream: string, subject: string): Promise<number> {
    return newestOf(this.#manager, stream, subject);
  }

  async close(): Promise<void> {
    await Promise.all(this.#consuming.map((consumption) => consumption.close()));
    await this.#connection.drain();
  }

  /** Makes the streams that NATS has lost, as one does that comes back with an empty store. */
  #restore(): Promise<void> {
    this.#restoring ??= this.#makeStreams().finally(() => {
      this.#restoring = null;
    });
    return this.#restoring;
  }

  async #makeStreams(): Promise<void> {
    const before = this.#made;
    this.#made = await ensureStreams(this.#manager, this.#subjects);
    const remade = [...this.#made].filter(([name, at]) => before.get(name) !== at).map(([name]) => name);
    if (remade.length === 0) return;
    this.#log.warn({ streams: remade }, "NATS had lost streams and all that they held; they were made again");
    for (const act of this.#onRemade) act(remade);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "disconnect") {
        this.#isAway = true;
        this.#log.warn({}, "NATS is not reachable; trying again");
      }
      if (status.type !== "reconnect") continue;
      this.#isAway = false;
      this.#log.info({}, "NATS is reachable again");
      // Should JetStream not be ready yet, whoever publishes or consumes tries again.
      void this.#restore().catch(() => {});
    }
  }
}

/** Nobody listens on the subject: no stream has it. */
function isUnheard(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders();
}

function checkVersion(connection: NatsConnection): void {
  const version = connection.info?.version ?? "0.0.0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  if (!isEnough) throw new Error(`nats-server ${version} is too old: Clew needs ${VERSION_MIN.join(".")} or newer`);
}
