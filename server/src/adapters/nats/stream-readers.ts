import { randomUUID } from "node:crypto";
import { sha256 } from "@clew/schema";
import { AckPolicy, DeliverPolicy, type JetStreamManager } from "@nats-io/jetstream";

const MS_NS = 1_000_000;
/** NATS removes a reader's consumer that nobody has asked for so long; then it is opened anew. */
const FORGET_MS = 300_000;
const MAKING_LENGTH = 16;

export interface StreamReading {
  /** Its consumer's name, by which messages are pulled: only who is told it can read. */
  readonly consumer: string;
  /** Which making of the stream it reads: one that was lost and made again counts from 1. */
  readonly making: string;
  /** Nothing up to this number is given. */
  readonly after: number;
}

/** Lets somebody else read one subject of a stream, whose permissions let nobody make a consumer of it. */
export class StreamReaders {
  readonly #manager: JetStreamManager;

  constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  /** Which making of a stream this is, in 16 characters. */
  async making(stream: string): Promise<string> {
    const { created } = await this.#manager.streams.info(stream);
    return sha256(created).slice("sha256:".length).slice(0, MAKING_LENGTH);
  }

  /**
   * A consumer of what is stored on a subject after number `after`, in order, that acknowledges nothing: whoever reads keeps its own position. Nobody need
   * remove it.
   */
  async open(stream: string, subject: string, after: number): Promise<StreamReading> {
    const consumer = `reader_${randomUUID()}`;
    const making = await this.making(stream);
    const { last_seq: lastSeq } = (await this.#manager.streams.info(stream)).state;
    // A stream that has lost its end, as after a power cut, would not deliver what takes those numbers.
    const from = Math.min(after, lastSeq);
    await this.#manager.consumers.add(stream, {
      name: consumer,
      filter_subject: subject,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from + 1,
      inactive_threshold: FORGET_MS * MS_NS,
      mem_storage: true,
      num_replicas: 1,
    });
    return { consumer, making, after: from };
  }
}
