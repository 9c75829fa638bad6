import { inParts, type LabelBatch, type Subjects } from "@clew/schema";
import type { NatsBus } from "../adapters/nats/index.ts";
import type { EndpointStream, Reading } from "../features/observations/index.ts";

/** Of the largest message that NATS takes, kept for headers and what a batch has beside its labels. */
const ENVELOPE_BYTES = 1_536;

/** What endpoints predict, and the labels of it, in NATS: one stream, in which each endpoint has its subjects. */
export class NatsEndpointStream implements EndpointStream {
  readonly #bus: NatsBus;
  readonly #space: Subjects;

  constructor(bus: NatsBus, space: Subjects) {
    this.#bus = bus;
    this.#space = space;
  }

  async addLabels({ labels, ...told }: Omit<LabelBatch, "schema">, id: string): Promise<void> {
    const subject = this.#space.labels(told.endpoint, told.by);
    const parts = inParts(labels, this.#bus.messageMaxBytes - ENVELOPE_BYTES);
    if (parts.flat().length < labels.length) throw new Error("a label is larger than what NATS takes of one message");
    for (const [index, part] of parts.entries()) {
      const batch: LabelBatch = { schema: "clew/label-batch/1", ...told, labels: part };
      await this.#bus.publish(subject, JSON.stringify(batch), `${id}:${index}`);
    }
  }

  making(): Promise<string> {
    return this.#bus.readers.making(this.#space.streams.predictions);
  }

  open(endpoint: string, after: number): Promise<Reading> {
    return this.#bus.readers.open(this.#space.streams.predictions, this.#space.observed(endpoint), after);
  }
}
