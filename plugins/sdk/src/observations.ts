import type { JobMessageInput, Observed, PluginManifest } from "@clew/schema";
import { PluginFailure } from "./plugin-failure.ts";

/** How many are asked for ahead of what the job has taken; when half of them are, as many more at once: a line for each would cost more than it says. */
const AHEAD = 8;

export interface ObservationsOptions {
  readonly channel: { send(message: JobMessageInput): void };
  readonly manifest: Pick<PluginManifest, "name" | "watches">;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
}

/** What a job observes of its endpoint, asked for as it takes it. */
export class Observations {
  readonly #options: ObservationsOptions;
  readonly #waiting: Observed[] = [];
  #asked = 0;
  #given = -1;
  #seen = -1;
  #wake = (): void => {};

  constructor(options: ObservationsOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  /** What the host says. @throws {PluginFailure} PROTOCOL_VIOLATION where the job has not asked for it. */
  put(observed: Observed): void {
    if (this.#waiting.length >= this.#asked) throw violation("the host sent an observation that was not asked for");
    this.#waiting.push(observed);
    this.#wake();
  }

  /** One reader at a time. */
  all(): AsyncIterable<Observed> {
    const { manifest } = this.#options;
    if (manifest.watches !== true) throw violation(`the manifest of ${manifest.name} does not say that it watches`);
    return this.#taken();
  }

  seen(seq: number, kept?: string): void {
    if (!(seq <= this.#given)) throw violation(`${seq} was not given to the job, so that it cannot have seen it`);
    if (seq <= this.#seen) return;
    this.#seen = seq;
    this.#options.channel.send({ type: "seen", seq, ...(kept !== undefined && { kept }) });
  }

  async *#taken(): AsyncGenerator<Observed, void, void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      this.#ask();
      const next = this.#waiting.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      this.#asked -= 1;
      this.#given = next.seq;
      yield next;
    }
  }

  #ask(): void {
    const count = AHEAD - this.#asked;
    if (count < AHEAD / 2) return;
    this.#asked = AHEAD;
    this.#options.channel.send({ type: "observe", count });
  }
}

function violation(message: string): PluginFailure {
  return new PluginFailure("PROTOCOL_VIOLATION", message);
}
