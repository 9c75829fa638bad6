import { rename, rm, writeFile } from "node:fs/promises";
import type { Heartbeat } from "@clew/schema";
import type { Logger } from "pino";

/**
 * Writes down each heartbeat that got through to NATS. `bin/clew-runner-health.mjs` reads it: a runner that is cut off, or that hangs,
 * leaves the file to grow old.
 */
export class HealthFile {
  readonly #path: string;
  readonly #log: Logger;
  #isWarned = false;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Never rejects: without the file the runner works all the same. */
  async write({ runnerId, at, state, leases }: Heartbeat): Promise<void> {
    try {
      const text = JSON.stringify({ runnerId, heartbeatAt: at, state, jobs: leases.length });
      await writeFile(`${this.#path}.new`, `${text}\n`);
      await rename(`${this.#path}.new`, this.#path);
    } catch (error) {
      if (!this.#isWarned) this.#log.warn({ err: error, file: this.#path }, "the health file cannot be written");
      this.#isWarned = true;
    }
  }

  /** The runner has ended. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => {});
  }
}
