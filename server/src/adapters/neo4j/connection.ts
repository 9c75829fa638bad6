import neo4j, { type Driver, isRetryableError, Neo4jError } from "neo4j-driver";
import { setTimeout as sleep } from "node:timers/promises";
import { GraphUnavailable, TimeRanOut } from "../../ports/lineage-graph.ts";

export interface Neo4jAddress {
  /** `bolt://host:7687`, or `neo4j://` for a cluster. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The server's default one when absent. */
  readonly database?: string | undefined;
}

export interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type Row = Record<string, unknown>;

const RETRY_AFTER_MS = [50, 200, 800];
/** The database's own limit is a backstop: its clock ticks every two seconds. */
const BACKSTOP_MS = 1000;
const TIMED_OUT = /Transaction\.TransactionTimedOut/;
const CLIENT_ERROR = /^Neo\.ClientError\.(?!Security|Transaction)/;

/** Runs statements, each in a transaction of its own, with bounds, and says what went wrong in the port's words. */
export class Neo4jConnection {
  readonly #driver: Driver;
  readonly #database: string | undefined;

  constructor({ url, user, password, database }: Neo4jAddress) {
    this.#database = database;
    this.#driver = neo4j.driver(url, neo4j.auth.basic(user, password), {
      disableLosslessIntegers: true,
      connectionTimeout: 5000,
      connectionAcquisitionTimeout: 10_000,
      connectionLivenessCheckTimeout: 30_000,
      maxTransactionRetryTime: 0,
      notificationFilter: { minimumSeverityLevel: "OFF" },
      userAgent: "clew",
    });
  }

  /** @throws {Error} that names the version, when it is older than 5.26. */
  async checkVersion(): Promise<void> {
    const { agent = "" } = await this.#inPortWords(() =>
      this.#driver.getServerInfo({ database: this.#database ?? "" }),
    );
    if (!isSupported(agent)) throw new Error(`Clew needs Neo4j 5.26 or later, and this one says that it is ${agent}`);
  }

  /**
   * Runs one statement. A failure that may pass is tried again, so a write must be safe to repeat: `wasRetried` tells it.
   * @throws {TimeRanOut} after `timeoutMs`; the database has stopped working on it then.
   * @throws {GraphUnavailable}
   */
  async run(
    text: string,
    parameters: Row,
    options: RunOptions,
  ): Promise<{ rows: readonly Row[]; wasRetried: boolean }> {
    const stop = new Stop(options);
    try {
      for (let tries = 0; ; tries++) {
        const rows = await this.#try(text, parameters, options.timeoutMs, stop, tries);
        if (rows !== null) return { rows, wasRetried: tries > 0 };
      }
    } finally {
      stop.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#driver.close();
  }

  /** Null when the statement failed, and after a while may be tried again. */
  async #try(text: string, parameters: Row, timeoutMs: number, stop: Stop, tries: number): Promise<Row[] | null> {
    try {
      return await this.#inPortWords(() => this.#runOnce(text, parameters, timeoutMs, stop));
    } catch (error) {
      stop.signal.throwIfAborted();
      if (isTimeout(error)) throw new TimeRanOut(timeoutMs);
      const wait = RETRY_AFTER_MS[tries];
      if (wait === undefined || !mayPass(error)) throw error;
      await sleep(wait);
      return null;
    }
  }

  async #runOnce(text: string, parameters: Row, timeoutMs: number, stop: Stop): Promise<Row[]> {
    stop.signal.throwIfAborted();
    const session = this.#driver.session(this.#database === undefined ? {} : { database: this.#database });
    try {
      const running = session.run(text, parameters, { timeout: neo4j.int(Math.ceil(timeoutMs) + BACKSTOP_MS) });
      const { records } = await Promise.race([running, stop.promise]);
      return records.map((record) => record.toObject());
    } finally {
      // Closing resets the connection, which stops the statement in the database; a caller who went away does not wait for it.
      const closing = session.close();
      if (stop.signal.aborted) closing.catch(() => {});
      else await closing;
    }
  }

  async #inPortWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Neo4jError && !CLIENT_ERROR.test(error.code)) throw new GraphUnavailable(error);
      throw error;
    }
  }
}

/** Fires when the caller goes away or time runs out, whichever comes first. */
class Stop {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = () => this.#controller.abort(this.#caller?.reason);
  /** Rejects when the signal fires. */
  readonly promise: Promise<never>;

  constructor({ timeoutMs, signal }: RunOptions) {
    this.#caller = signal;
    this.#timer = setTimeout(() => this.#controller.abort(new TimeRanOut(timeoutMs)), timeoutMs);
    this.promise = new Promise((_resolve, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason as Error), { once: true });
    });
    this.promise.catch(() => {});
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof GraphUnavailable && TIMED_OUT.test((error.cause as Neo4jError).code);
}

function mayPass(error: unknown): boolean {
  return error instanceof GraphUnavailable && isRetryableError(error.cause);
}

/** 5.26 and all after it: later versions are named by year. */
function isSupported(agent: string): boolean {
  const [, major = "0", minor = "0"] = /^Neo4j\/(\d+)\.(\d+)/.exec(agent) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 26);
}
