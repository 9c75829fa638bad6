import { LETTER_HEADER, type Subjects } from "@clew/schema";
import { z } from "zod";
import type { NatsBus, StoredMessage } from "../adapters/nats/index.ts";
import type { DeadLetter, DeadLetterStore } from "../features/dead-letters/index.ts";

/** What the header of a dead letter says. */
const Letter = z.object({
  subject: z.string(),
  reason: z.string(),
  deliveries: z.number(),
  invited: z.object({ runId: z.string(), attempt: z.number(), round: z.number() }).nullable(),
});
type Letter = z.infer<typeof Letter>;

const REASON_MAX = 500;
/** A request may not be larger (docs/protocol.md); of what is, the beginning is kept, since a copy has to fit into a message. */
const KEPT_BYTES = 512 * 1024;

/** The dead letters in NATS: one stream, in which each has a subject of its own. */
export class NatsDeadLetters implements DeadLetterStore {
  readonly #bus: NatsBus;
  readonly #stream: string;
  readonly #space: Subjects;

  constructor(bus: NatsBus, space: Subjects) {
    this.#bus = bus;
    this.#stream = space.streams.dead;
    this.#space = space;
  }

  async find(id: string): Promise<DeadLetter | null> {
    const message = await this.#bus.stored.newestOn(this.#stream, this.#subjectOf(id));
    return message && this.#read(message);
  }

  async findAll(ids: readonly string[]): Promise<readonly DeadLetter[]> {
    const messages = await this.#bus.stored.newestOnEach(
      this.#stream,
      ids.map((id) => this.#subjectOf(id)),
    );
    return messages.map((message) => this.#read(message));
  }

  async list(after: number, limit: number): Promise<readonly DeadLetter[]> {
    const messages = await this.#bus.stored.after(this.#stream, after, limit);
    return messages.map((message) => this.#read(message));
  }

  /** Stores a copy of what was number `seq` of a stream. */
  async bury(
    subject: string,
    origin: { stream: string; seq: number; data: Uint8Array },
    letter: Letter,
  ): Promise<void> {
    const said: Letter = { ...letter, reason: letter.reason.slice(0, REASON_MAX) };
    const headers = { [LETTER_HEADER]: JSON.stringify(said) };
    await this.#bus.publish(subject, origin.data.subarray(0, KEPT_BYTES), `${origin.stream}:${origin.seq}`, headers);
  }

  async sendAgain(id: string, occasion: string): Promise<void> {
    const message = await this.#bus.stored.newestOn(this.#stream, this.#subjectOf(id));
    if (message === null) return;
    await this.#bus.publish(this.#read(message).subject, message.data, `${message.subject}:${occasion}`);
    await this.#bus.stored.remove(this.#stream, message.seq);
  }

  drop(runId: string): Promise<void> {
    return this.#bus.stored.removeAllOn(this.#stream, this.#space.deadJob(runId));
  }

  #subjectOf(id: string): string {
    return this.#space.allDead.replace(">", id);
  }

  #read({ seq, subject, at, header }: StoredMessage): DeadLetter {
    const letter = Letter.parse(JSON.parse(header(LETTER_HEADER) ?? "null"));
    const id = subject.slice(this.#space.allDead.length - 1);
    return { id, seq, at, kind: letter.invited ? "JOB" : "MUTATION", ...letter };
  }
}
