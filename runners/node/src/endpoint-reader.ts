import { setTimeout as sleep } from "node:timers/promises";
import type { JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Backoff } from "./backoff.ts";
import { pull, type PulledMessage } from "./pull.ts";

const BATCH = 64;
const BATCH_MIN_BYTES = 4 * 1024 * 1024;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** What the server opened: see docs/protocol.md, "Watching an endpoint". */
export interface Reading {
  readonly consumer: string;
  /** Which making of the stream it is. */
  readonly stream: string;
  readonly after: number;
}

/** The stream was lost, or its end: what was read of it stands nowhere any more. */
export class StreamRemade extends Error {
  override readonly name = "StreamRemade";
}

export interface EndpointReaderOptions {
  readonly nats: {
    readonly connection: NatsConnection;
    readonly manager: Pick<JetStreamManager, "streams">;
    readonly isConnected: boolean;
    readonly newInbox: () => string;
  };
  readonly stream: string;
  /** Asks the server for a consumer of what is stored after that number; null at first. */
  readonly open: (after: number | null) => Promise<Reading>;
  /** How long nothing may come until that is said. */
  readonly idleMs: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

export interface Read {
  /** Null where nothing came for a while. */
  readonly data: Uint8Array | null;
  /** The message's number; where there is none, how far the stream went. */
  readonly seq: number;
  /** When it was stored, or found that there is none, by the clock of NATS. */
  readonly at: number;
  readonly isCaughtUp: boolean;
  /** Messages of the stream, whoever's they were, that had gone before they could be read, since the last answer. */
  readonly missed: number;
}

/**
 * What is stored of an endpoint, in its order and none twice. It holds no more than one pull brings, and a consumer that was lost, or has delivered what did not
 * arrive, is opened anew behind what did.
 */
export class EndpointReader {
  readonly #options: EndpointReaderOptions;
  readonly #maxBytes: number;
  readonly #backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  #reading: Reading | null = null;
  /** The first one's making of the stream. */
  #making: string | null = null;
  #deliveries = 0;
  #waiting: PulledMessage[] = [];
  /** Everything of the endpoint up to this number has been brought; null before anything was. */
  #through: number | null = null;
  #missed = 0;

  constructor(options: EndpointReaderOptions) {
    this.#options = options;
    // Twice the largest message: one with its headers must fit.
    this.#maxBytes = Math.max(BATCH_MIN_BYTES, 2 * (options.nats.connection.info?.max_payload ?? 0));
  }

  /** Which making of the stream is read; null until something was. */
  get making(): string | null {
    return this.#making;
  }

  /** The next message, or after a while the word that there is none. @throws {StreamRemade}, what `open` throws, or the signal's reason. */
  async next(): Promise<Read> {
    const until = performance.now() + this.#options.idleMs;
    for (;;) {
      this.#options.signal.throwIfAborted();
      const message = this.#waiting.shift();
      if (message !== undefined) return this.#read(message);
      await this.#pull(BATCH, null);
      if (this.#waiting.length > 0) continue;
      const leftMs = Math.ceil(until - performance.now());
      if (leftMs > 0) await this.#pull(1, leftMs);
      const nothing = leftMs > 0 ? null : await this.#nothing();
      if (nothing !== null) return nothing;
    }
  }

  #read({ data, seq, at, pending }: PulledMessage): Read {
    return { data, seq, at, isCaughtUp: pending === 0 && this.#waiting.length === 0, missed: this.#takeMissed() };
  }

  #takeMissed(): number {
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }

  /** That nothing waits: all that was stored before NATS was asked has been brought. Null where there is something, or it cannot be known. */
  async #nothing(): Promise<Read | null> {
    const info = await this.#info();
    await this.#pull(BATCH, null);
    if (this.#waiting.length > 0 || this.#reading === null) return null;
    const { first_seq: first, last_seq: last } = info.state;
    this.#pass(last + 1, first);
    this.#through = Math.max(last, this.#through ?? 0);
    const missed = this.#takeMissed();
    return { data: null, seq: this.#through, at: Date.parse(info.ts ?? info.state.last_ts), isCaughtUp: true, missed };
  }

  async #pull(batch: number, waitMs: number | null): Promise<void> {
    const { nats, stream, signal } = this.#options;
    // What is asked now would be answered when nobody listens any more.
    if (!nats.isConnected) return await this.#pause();
    this.#reading ??= await this.#open();
    const { consumer } = this.#reading;
    const { messages, isLost } = await pull(nats.connection, nats.newInbox(), {
      stream,
      consumer,
      batch,
      maxBytes: this.#maxBytes,
      waitMs,
      signal,
    });
    signal.throwIfAborted();
    const arrived = messages.filter(({ delivery }, index) => delivery === this.#deliveries + index + 1);
    this.#deliveries += arrived.length;
    await this.#take(arrived);
    if (isLost || arrived.length < messages.length) {
      this.#reading = null;
      await this.#pause();
    } else this.#backoff.reset();
  }

  async #open(): Promise<Reading> {
    const reading = await this.#options.open(this.#through);
    this.#making ??= reading.stream;
    if (reading.stream !== this.#making || reading.after < (this.#through ?? 0))
      throw new StreamRemade("NATS has lost what was stored of the endpoint, and counts it anew");
    this.#deliveries = 0;
    this.#through ??= reading.after > 0 ? reading.after : null;
    return reading;
  }

  /** Where numbers are left out it is asked whether they are another endpoint's, or gone. */
  async #take(messages: readonly PulledMessage[]): Promise<void> {
    const isWhole = messages.every(
      ({ seq }, index) => seq === (messages[index - 1]?.seq ?? this.#through ?? seq - 1) + 1,
    );
    const first = isWhole ? 0 : (await this.#info()).state.first_seq;
    for (const message of messages) {
      this.#pass(message.seq, first);
      this.#through = message.seq;
      this.#waiting.push(message);
    }
  }

  /** Counts what is gone of the numbers between what was brought last and `next`, in a stream that begins with `first` now. */
  #pass(next: number, first: number): void {
    if (this.#through !== null) this.#missed += Math.max(0, Math.min(first, next) - this.#through - 1);
  }

  /** As often as it takes. */
  async #info(): Promise<StreamInfo> {
    const { nats, stream } = this.#options;
    for (;;) {
      try {
        return await nats.manager.streams.info(stream);
      } catch {
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    await sleep(this.#backoff.next(), undefined, { signal: this.#options.signal });
  }
}
