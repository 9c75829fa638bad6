import type { JetStreamManager, StoredMsg } from "@nats-io/jetstream";

/** A message as a stream holds it. */
export interface StoredMessage {
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  /** When the stream took it, in milliseconds since 1970. */
  readonly at: number;
  readonly header: (name: string) => string | undefined;
}

/** Looks at what streams hold, and takes it out, without consuming. */
export class StoredMessages {
  readonly #manager: JetStreamManager;

  constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  async at(stream: string, seq: number): Promise<StoredMessage | null> {
    return wrap(await this.#manager.streams.getMessage(stream, { seq }));
  }

  async newestOn(stream: string, subject: string): Promise<StoredMessage | null> {
    return wrap(await this.#manager.streams.getMessage(stream, { last_by_subj: subject }));
  }

  /** The newest of each of at most 1,024 subjects, in one question; none of those that have none. The stream must allow direct access. */
  async newestOnEach(stream: string, subjects: readonly string[]): Promise<StoredMessage[]> {
    if (subjects.length === 0) return [];
    const found: StoredMessage[] = [];
    const messages = await this.#manager.direct.getLastMessagesFor(stream, { multi_last: [...subjects] });
    for await (const message of messages) found.push(wrapped(message));
    return found;
  }

  /** At most `limit` messages after number `after`, in order. The stream must allow direct access. */
  async after(stream: string, after: number, limit: number): Promise<StoredMessage[]> {
    const found: StoredMessage[] = [];
    for (let seq = after; found.length < limit; ) {
      const next = wrap(await this.#manager.direct.getMessage(stream, { seq: seq + 1, next_by_subj: ">" }));
      if (next === null) break;
      found.push(next);
      seq = next.seq;
    }
    return found;
  }

  /** That it is gone already is as good. */
  async remove(stream: string, seq: number): Promise<void> {
    try {
      await this.#manager.streams.deleteMessage(stream, seq, false);
    } catch (error) {
      if ((await this.at(stream, seq)) !== null) throw error;
    }
  }

  async removeAllOn(stream: string, subject: string): Promise<void> {
    await this.#manager.streams.purge(stream, { filter: subject });
  }
}

function wrap(message: StoredMsg | null): StoredMessage | null {
  return message && wrapped(message);
}

function wrapped(message: StoredMsg): StoredMessage {
  const { seq, subject, data, time, header } = message;
  return { seq, subject, data, at: time.getTime(), header: (name) => header?.get(name) || undefined };
}
