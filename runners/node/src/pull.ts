import type { Msg, NatsConnection } from "@nats-io/transport-node";

const MS_NS = 1_000_000;
/** How much longer than asked for a pull's end may take. */
const SLACK_MS = 5_000;
/** What a stream's message has as its reply subject, from `$JS.ACK` to how many are pending; more where NATS has domains. */
const SHORT_FORM = 9;

/** A stream's message as a pull brings it. */
export interface PulledMessage {
  readonly data: Uint8Array;
  readonly subject: string;
  /** Its number in the stream. */
  readonly seq: number;
  /** Which one of the consumer's deliveries it is, from 1. */
  readonly delivery: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  /** How many more there were for the consumer. */
  readonly pending: number;
}

export interface Pull {
  readonly stream: string;
  readonly consumer: string;
  readonly batch: number;
  /** Of all messages together; one that is larger by itself is never brought. */
  readonly maxBytes: number;
  /** Waits for the first message so long; only asks for what is there where it is null. */
  readonly waitMs: number | null;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

export interface Pulled {
  readonly messages: readonly PulledMessage[];
  /** The consumer is not there, or NATS did not say how the pull ended: what comes next may lack some. */
  readonly isLost: boolean;
}

/** One pull, answered on an inbox of its own, from a consumer that acknowledges nothing. Rejects where the connection is closed. */
export async function pull(connection: NatsConnection, inbox: string, asked: Pull): Promise<Pulled> {
  const { stream, consumer, batch, maxBytes: max_bytes, waitMs, signal } = asked;
  const replies = connection.subscribe(inbox);
  const giveUp = () => replies.unsubscribe();
  const timer = setTimeout(giveUp, (waitMs ?? 0) + SLACK_MS);
  signal.addEventListener("abort", giveUp, { once: true });
  const request = { batch, max_bytes, ...(waitMs === null ? { no_wait: true } : { expires: waitMs * MS_NS }) };
  try {
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), { reply: inbox });
    const messages: PulledMessage[] = [];
    for await (const reply of replies) {
      const status = reply.headers?.code ?? 0;
      // 404, 408: no more there. 409: the batch is full, or its bytes are. 503: nobody answers for the consumer.
      if (status > 0) return { messages, isLost: status === 503 };
      messages.push(read(reply));
      if (messages.length === batch) return { messages, isLost: false };
    }
    return { messages, isLost: true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
    replies.unsubscribe();
  }
}

/** The reply subject says all that JetStream knows of a delivery (ADR-15 of NATS). */
function read({ data, subject, reply = "" }: Msg): PulledMessage {
  const tokens = reply.split(".");
  const [, seq, delivery, nanos, pending] = tokens.slice(tokens.length === SHORT_FORM ? 4 : 6).map(Number);
  const at = Math.floor((nanos ?? 0) / MS_NS);
  return { data, subject, seq: seq ?? 0, delivery: delivery ?? 0, at, pending: pending ?? 0 };
}
