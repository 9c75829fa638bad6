import type { Json } from "@clew/schema";
import { type BatchReads, DatabaseUnavailable, type LedgerStore } from "../ports/ledger-store.ts";
import { Batch } from "./batch.ts";
import type { Command, Recorded } from "./command.ts";
import type { ProjectedEntry } from "./ledger-tail.ts";

const BATCH_MAX = 256;
/** Mutations that may wait; above that the caller is told to come back. */
const QUEUE_MAX = 10_000;

/** How long a batch waits, each time, for a database that cannot be reached; then its callers are told. */
const RECONNECT_MS = [20, 200, 500, 1_000];

interface Waiting {
  readonly command: Command;
  readonly resolve: (recorded: Recorded) => void;
  readonly reject: (error: unknown) => void;
}

export class LedgerBusy extends Error {
  override readonly message = "too many mutations wait for the ledger";
}

/** The message says why. */
export class LedgerReadOnly extends Error {}

/**
 * The only way to write. Whatever waits while the last batch commits is the next batch: no timer, so that one client alone waits for
 * nothing and many share a transaction.
 */
export class Recorder {
  readonly #store: LedgerStore;
  readonly #onCommitted: (entries: readonly ProjectedEntry[]) => void;
  readonly #now: () => number;
  readonly #queue: Waiting[] = [];
  #running = false;
  #readOnly: string | null = null;

  constructor(
    store: LedgerStore,
    onCommitted: (entries: readonly ProjectedEntry[]) => void = () => {},
    now: () => number = Date.now,
  ) {
    this.#store = store;
    this.#onCommitted = onCommitted;
    this.#now = now;
  }

  /** How many mutations wait for a batch. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Refuses every write from now on, with this reason: the ledger does not match its checkpoint. */
  setReadOnly(reason: string): void {
    this.#readOnly = reason;
  }

  /**
   * Records a mutation's facts and answers once they are durable, or refuses and changes nothing.
   * @throws {LedgerBusy} when too many mutations wait. @throws {LedgerReadOnly} @throws {DatabaseUnavailable}
   */
  record<Answer extends Json>(command: Command<Answer>): Promise<Recorded<Answer>> {
    if (this.#readOnly !== null) return Promise.reject(new LedgerReadOnly(this.#readOnly));
    if (this.#queue.length >= QUEUE_MAX) return Promise.reject(new LedgerBusy());
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, resolve: resolve as (recorded: Recorded) => void, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      await this.#gathered();
      await this.#commit(this.#queue.splice(0, BATCH_MAX), BATCH_MAX);
    }
    this.#running = false;
  }

  /**
   * Until a turn of the event loop has brought no more mutations. Those that are answered together come back together, spread over some
   * turns: one transaction for all of them costs less than the turns.
   */
  async #gathered(): Promise<void> {
    for (let waiting = 0; waiting < this.#queue.length && waiting < BATCH_MAX; ) {
      waiting = this.#queue.length;
      await new Promise(setImmediate);
    }
  }

  /** @param max how many it may be in all: what comes while the ledger's lock is waited for is taken in. */
  async #commit(waiting: Waiting[], max: number): Promise<void> {
    try {
      await this.#transactPatiently(waiting, max);
    } catch (error) {
      if (waiting.length === 1 || error instanceof DatabaseUnavailable) for (const { reject } of waiting) reject(error);
      // One of them may be at fault: each gets a transaction of its own, so that it does not hurt its neighbours.
      else for (const one of waiting) await this.#commit([one], 1);
    }
  }

  /** A batch whose connection broke may have been committed: tried again, its idempotency keys answer what it has done. */
  async #transactPatiently(waiting: Waiting[], max: number): Promise<void> {
    for (const waitMs of RECONNECT_MS) {
      try {
        return await this.#transact(waiting, max);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    return this.#transact(waiting, max);
  }

  async #transact(waiting: Waiting[], max: number): Promise<void> {
    let results: Recorded[] = [];
    let batch: Batch | undefined;
    await this.#store.transact(
      () => {
        waiting.push(...this.#queue.splice(0, max - waiting.length));
        return readsOf(waiting);
      },
      (state) => {
        batch = new Batch(state, this.#now());
        results = waiting.map(({ command }) => batch!.take(command));
        return batch.writes();
      },
    );
    this.#onCommitted(batch?.entries ?? []);
    for (const [index, { resolve }] of waiting.entries()) resolve(results[index]!);
  }
}

function readsOf(waiting: readonly Waiting[]): BatchReads {
  const commands = waiting.map(({ command }) => command);
  return {
    nodeIds: [...new Set(commands.flatMap((command) => command.heads))].toSorted(),
    tags: commands.flatMap((command) => command.tags ?? []),
    idempotencyKeys: commands.map(({ principal, mutation, idempotencyKey: key }) => ({ principal, mutation, key })),
  };
}
