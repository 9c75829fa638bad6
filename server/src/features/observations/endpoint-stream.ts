import type { LabelBatch } from "@clew/schema";
import { GraphQLError } from "graphql";
import { clientError } from "../../graphql/errors.ts";

/** How a run's attempt reads what its endpoint predicts and is labelled with. */
export interface Reading {
  /** The consumer that the runner pulls from. */
  readonly consumer: string;
  /** Which making of the stream it is of. */
  readonly making: string;
  /** Nothing up to this number is given. */
  readonly after: number;
}

/** Where what endpoints predict is stored for a while, with the labels of it. */
export interface EndpointStream {
  /** Answers when they are stored, each call once for the same `id` within the stream's duplicate window. */
  addLabels(batch: Omit<LabelBatch, "schema">, id: string): Promise<void>;
  /** Which making of the stream it is. */
  making(): Promise<string>;
  /** Lets somebody read what is stored of an endpoint after number `after`. */
  open(endpoint: string, after: number): Promise<Reading>;
}

/** The stream, once this server is connected to it. */
export class EndpointStreams {
  #stream: EndpointStream | null = null;

  connect(stream: EndpointStream): void {
    this.#stream = stream;
  }

  /** @throws OBSERVATIONS_UNAVAILABLE */
  async use<Answer>(use: (stream: EndpointStream) => Promise<Answer>): Promise<Answer> {
    if (this.#stream === null) throw unavailable("this server has no NATS");
    try {
      return await use(this.#stream);
    } catch (error) {
      throw error instanceof GraphQLError ? error : unavailable((error as Error).message);
    }
  }
}

function unavailable(reason: string) {
  return clientError("OBSERVATIONS_UNAVAILABLE", `what endpoints predict cannot be reached now: ${reason}`);
}
