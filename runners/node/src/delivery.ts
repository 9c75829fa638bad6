import type { Msg, NatsConnection } from "@nats-io/transport-node";

const ACK_TIMEOUT_MS = 5_000;
const MS_NS = 1_000_000;

/**
 * A message that a pull consumer has delivered, with the four answers that the JetStream protocol knows (ADR-15 of NATS). The client
 * library's own message is made by its own pulls only, which cannot ask without waiting.
 */
export class Delivery {
  readonly #message: Msg;
  readonly #connection: NatsConnection;

  constructor(message: Msg, connection: NatsConnection) {
    this.#message = message;
    this.#connection = connection;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  /** Done: it never comes again. Resolves when the server has said so, and rejects where it did not. */
  async done(): Promise<void> {
    const to = this.#message.reply;
    if (to !== undefined) await this.#connection.request(to, "+ACK", { timeout: ACK_TIMEOUT_MS });
  }

  /** Not done: to be delivered again, to any runner, after so long. */
  later(delayMs = 0): void {
    this.#message.respond(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: delayMs * MS_NS })}` : "-NAK");
  }

  /** Not done yet: the time until it is delivered again begins anew. */
  working(): void {
    this.#message.respond("+WPI");
  }
}
