import type { Logger } from "pino";
import { pause } from "../../ledger/pause.ts";
import type { PersonalData } from "../../ports/personal-data.ts";

/** How long it waits for whatever still reads an older state, such as an export. */
const AGAIN_MS = 15_000;

/**
 * Takes erased bytes out of the database's files, after each erasure and at each start: a server that died between the two leaves nothing
 * behind for good.
 */
export class Scrubbing {
  readonly #data: PersonalData;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #isDue = false;
  #running: Promise<void> | null = null;

  constructor(data: PersonalData, log: Logger) {
    this.#data = data;
    this.#log = log;
  }

  request(): void {
    this.#isDue = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#isDue && !signal.aborted) {
      this.#isDue = false;
      if (await this.#scrub()) continue;
      this.#isDue = true;
      await pause(AGAIN_MS, signal);
    }
  }

  async #scrub(): Promise<boolean> {
    try {
      const isDone = await this.#data.scrub();
      this.#log.info(
        { isDone },
        isDone ? "what was erased is out of the database's files" : "an export holds what was erased",
      );
      return isDone;
    } catch (error) {
      this.#log.error({ err: error }, "what was erased could not be taken out of the database's files");
      return false;
    }
  }
}
