import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";

const FETCH = 100;
const FETCH_MS = 30_000;
/** NATS forgets the consumer of a server that died after so long. */
const FORGET_MS = 120_000;

export interface FollowedMessage {
  /** Its number in the stream. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * A subject's messages in a stream after number `after`, in order: those that are kept, then those to come, until it is aborted. No
 * more than one fetch is held in memory, however slowly they are read.
 */
export async function* followSubject(
  client: JetStreamClient,
  manager: JetStreamManager,
  { stream, subject, after }: { readonly stream: string; readonly subject: string; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<FollowedMessage> {
  // A stream that was made anew counts from 1 again, and nothing of it has been read.
  const { last_seq: lastSeq } = (await manager.streams.info(stream)).state;
  const begin = after > lastSeq ? 0 : after;
  // Ordered: a lost message is noticed by its number, and read again.
  const consumer = await client.consumers.get(stream, {
    filter_subjects: subject,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: begin + 1,
    inactive_threshold: FORGET_MS,
  });
  try {
    while (!signal.aborted) {
      const messages = await consumer.fetch({ max_messages: FETCH, expires: FETCH_MS });
      const stop = () => void messages.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        if (signal.aborted) return;
        for await (const { seq, subject: on, data } of messages) yield { seq, subject: on, data };
      } finally {
        signal.removeEventListener("abort", stop);
        await messages.close();
      }
    }
  } finally {
    // It would go by itself, a little later.
    await consumer.delete().catch(() => false);
  }
}

/** The number of a subject's newest message in a stream; 0 when there is none. */
export async function newestOf(manager: JetStreamManager, stream: string, subject: string): Promise<number> {
  return (await manager.streams.getMessage(stream, { last_by_subj: subject }))?.seq ?? 0;
}
