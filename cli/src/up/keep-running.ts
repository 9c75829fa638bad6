import { setTimeout as delay } from "node:timers/promises";
import { duration } from "../terminal/format.ts";

/** A process that was started and answers. */
export interface Started {
  /** Settles when it has ended, however it ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stop(): Promise<void>;
}

/** A process that is started again whenever it ends, until it is stopped. */
export interface Kept<Process extends Started> {
  /** The one that was started first or last. */
  readonly current: Process;
  stop(): Promise<void>;
}

export interface KeepOptions {
  /** Told when it ended and when it is back. */
  readonly say: (line: string) => void;
  /** Where to look when it ended, for the message. */
  readonly logPath: string;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** After so long a life the delay begins at its first value again. */
  readonly healthyMs?: number;
}

/**
 * Starts a process and starts it again, after a delay that doubles, when it ends by itself.
 * @throws what the first start throws; later ones are told and tried again.
 */
export async function keepRunning<Process extends Started>(
  name: string,
  start: (before: Process | null) => Promise<Process>,
  options: KeepOptions,
): Promise<Kept<Process>> {
  const keeper = new Keeper(name, start, options, await start(null));
  keeper.begin();
  return keeper;
}

class Keeper<Process extends Started> implements Kept<Process> {
  readonly #name: string;
  readonly #start: (before: Process | null) => Promise<Process>;
  readonly #options: Required<KeepOptions>;
  readonly #stopping = new AbortController();
  #watch: Promise<void> = Promise.resolve();
  #isRunning = true;
  current: Process;

  constructor(name: string, start: (before: Process | null) => Promise<Process>, options: KeepOptions, first: Process) {
    this.#name = name;
    this.#start = start;
    this.#options = { firstDelayMs: 500, maxDelayMs: 30_000, healthyMs: 60_000, ...options };
    this.current = first;
  }

  begin(): void {
    this.#watch = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#isRunning) await this.current.stop();
    await this.#watch;
  }

  async #keep(): Promise<void> {
    const { firstDelayMs, maxDelayMs, healthyMs } = this.#options;
    let delayMs = firstDelayMs;
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      const { code, signal } = await this.current.exited;
      if (this.#stopping.signal.aborted) return;
      this.#isRunning = false;
      if (Date.now() - startedAt >= healthyMs) delayMs = firstDelayMs;
      delayMs = await this.#restart(signal === null ? `exit code ${code}` : `signal ${signal}`, delayMs, maxDelayMs);
    }
  }

  /** Tries until it is back or is to stop. Answers the delay for the next time. */
  async #restart(cause: string, firstMs: number, maxMs: number): Promise<number> {
    const { say, logPath } = this.#options;
    let why = `${this.#name} ended (${cause})`;
    for (let delayMs = firstMs; ; delayMs = Math.min(maxMs, delayMs * 2)) {
      say(`${why}; starting it again in ${duration(delayMs)} (see ${logPath})`);
      if (!(await this.#sleep(delayMs))) return delayMs;
      try {
        this.current = await this.#start(this.current);
        this.#isRunning = true;
        // Stopped while it started: stop() has found nothing to stop.
        if (this.#stopping.signal.aborted) await this.current.stop();
        else say(`${this.#name} is back`);
        return Math.min(maxMs, delayMs * 2);
      } catch (error) {
        why = `${this.#name} did not start: ${(error as Error).message}`;
      }
    }
  }

  async #sleep(ms: number): Promise<boolean> {
    const { signal } = this.#stopping;
    return delay(ms, true, { signal }).catch(() => false);
  }
}
