import type { Logger } from "pino";

/** What was started, to be stopped in reverse, each within a deadline. */
export class Stops {
  readonly #log: Logger;
  readonly #deadlineMs: number;
  readonly #stops: { readonly name: string; readonly stop: () => unknown }[] = [];

  constructor(log: Logger, deadlineMs = 10_000) {
    this.#log = log;
    this.#deadlineMs = deadlineMs;
  }

  add(name: string, stop: () => unknown): void {
    this.#stops.push({ name, stop });
  }

  async stopAll(): Promise<void> {
    for (const { name, stop } of this.#stops.splice(0).toReversed()) await this.#stopOne(name, stop);
  }

  async #stopOne(name: string, stop: () => unknown): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`did not stop within ${this.#deadlineMs} ms`)), this.#deadlineMs);
    });
    try {
      await Promise.race([stop(), late]);
    } catch (error) {
      this.#log.error({ err: error, part: name }, "a part did not stop cleanly");
    } finally {
      clearTimeout(timer);
    }
  }
}
