import { pause } from "../../ledger/pause.ts";
import type { FollowerLog } from "../../ledger/follower.ts";
import type { RunLogs } from "../../ports/run-logs.ts";

const DAY_MS = 24 * 3600 * 1000;
const LOOK_MS = 3600 * 1000;
/** How many lines one statement deletes, and how long others have the database to themselves until the next. */
const AT_ONCE = 2_000;
const BREATH_MS = 100;

/** Deletes the lines of logs that are older than they may be, at every start and once an hour. Several servers may at once. */
export class LogRetention {
  readonly #logs: Pick<RunLogs, "forget">;
  readonly #keptMs: number;
  readonly #log: FollowerLog;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(logs: Pick<RunLogs, "forget">, keptDays: number, log: FollowerLog) {
    this.#logs = logs;
    this.#keptMs = keptDays * DAY_MS;
    this.#log = log;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.forgetOld(Date.now());
      } catch (error) {
        this.#log.warn({ err: error }, "old lines of logs were not deleted; tried again in an hour");
      }
      await pause(LOOK_MS, signal);
    }
  }

  async forgetOld(now: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && (await this.#logs.forget(now - this.#keptMs, AT_ONCE)) > 0) {
      await pause(BREATH_MS, signal);
    }
  }
}
