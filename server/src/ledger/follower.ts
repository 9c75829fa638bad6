import type { LedgerStore } from "../ports/ledger-store.ts";
import { FollowerHalt } from "./follower-halt.ts";
import type { LedgerTail, ProjectedEntry } from "./ledger-tail.ts";
import { pause } from "./pause.ts";
import { WakeUps } from "./wake-ups.ts";

export interface FollowerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a follower does with the ledger. */
export interface FollowerWork {
  readonly name: string;
  readonly batchMax: number;
  /** Where it stands, durably; called when it begins and after a failure. @throws {FollowerHalt} */
  position(): Promise<number>;
  /** Does the work of these entries, durably, and moves the position to the last of them. Done twice, it has the effect of once. */
  handle(entries: readonly ProjectedEntry[]): Promise<void>;
  /** Undoes all of its work, its position too: only where doing it again has no effect outside. */
  reset?(): Promise<void>;
}

const RETRY_MS = [100, 500, 1_000, 5_000, 10_000];
/** Hints that a follower is to begin again, and that it has. */
const RESTART = ":restart";
const RESTARTED = ":restarted";
/** How often it looks by itself, should a wake-up have been missed. */
const POLL_MS = 1_000;

interface Waiter {
  readonly seq: number;
  readonly resolve: (passed: boolean) => void;
}

/**
 * Reads the ledger in order from a durable position, one at a time over all server processes (a lock in SQL). What does not hold the
 * lock hears from the one that does how far it has come.
 */
export class Follower {
  readonly #work: FollowerWork;
  readonly #store: LedgerStore;
  readonly #tail: LedgerTail;
  readonly #log: FollowerLog;
  readonly #stop = new AbortController();
  readonly #wakeUps = new WakeUps();
  readonly #waiters = new Set<Waiter>();
  readonly #unsubscribe: (() => void)[] = [];
  #seq = 0;
  /** What is read while the batch up to `after` is worked on. */
  #ahead: { readonly after: number; readonly entries: Promise<readonly ProjectedEntry[]> } | null = null;
  /** The end of the batch that is worked on. */
  #working: number | null = null;
  /** The newest entry that it has heard of; to look for later ones finds nothing. */
  #newest = Infinity;
  #halted: string | null = null;
  #isRestartWanted = false;
  #restartedHere = 0;
  #running: Promise<void> | null = null;

  constructor(work: FollowerWork, store: LedgerStore, tail: LedgerTail, log: FollowerLog) {
    this.#work = work;
    this.#store = store;
    this.#tail = tail;
    this.#log = log;
  }

  get name(): string {
    return this.#work.name;
  }

  /** The newest entry that is known to be done. */
  get seq(): number {
    return this.#seq;
  }

  /** Why it stands still, if it does. */
  get halted(): string | null {
    return this.#halted;
  }

  start(): void {
    this.#unsubscribe.push(
      this.#store.onAppend((seq) => this.#appended(seq)),
      this.#store.onAdvance((follower, seq) => this.#heard(follower, seq)),
    );
    this.#running = this.#run();
  }

  /**
   * Has the work undone and done again from the first entry, by whichever process holds the lock. The wish is durable: should that
   * process die, the next one begins again. A halted follower goes on.
   */
  async restart(): Promise<void> {
    if (this.#work.reset === undefined) throw new Error(`the follower ${this.name} cannot begin again`);
    const wanted = (await this.#store.position(this.name + RESTART)) + 1;
    await this.#store.advance(this.name + RESTART, wanted);
    this.#store.announce(this.name + RESTART, wanted);
    this.#restartSoon();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeUps.wake();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#running;
    for (const waiter of this.#waiters) waiter.resolve(false);
  }

  /** Whether the follower has done entry `seq`, waiting at most so long for it. */
  waitFor(seq: number, timeoutMs: number): Promise<boolean> {
    if (this.#seq >= seq) return Promise.resolve(true);
    if (this.#halted !== null) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), timeoutMs);
      const settle = (passed: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(passed);
      };
      const waiter: Waiter = { seq, resolve: settle };
      this.#waiters.add(waiter);
    });
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      try {
        if (this.#halted === null) await this.#followLocked();
        else await this.#wakeUps.wait(POLL_MS);
        failures = 0;
      } catch (error) {
        if (!this.#stop.signal.aborted) await this.#retryLater(error, failures++);
      }
    }
  }

  /** Until it stops or halts, or may no longer be the only one; then another process may try. */
  async #followLocked(): Promise<void> {
    const lock = await this.#store.lock(this.name, this.#stop.signal);
    try {
      await this.#follow(lock.lost);
    } finally {
      await lock.release();
    }
  }

  async #follow(lost: AbortSignal): Promise<void> {
    let failures = 0;
    let position: number | null = null;
    while (!this.#stop.signal.aborted && !lost.aborted && this.#halted === null) {
      try {
        if (this.#isRestartWanted) position = null;
        this.#isRestartWanted = false;
        position ??= await this.#begin();
        position = await this.#step(position);
        failures = 0;
      } catch (error) {
        if (error instanceof FollowerHalt) return this.#halt(error);
        position = null;
        await this.#retryLater(error, failures++);
      }
    }
  }

  async #begin(): Promise<number> {
    this.#ahead = null;
    await this.#resetIfWanted();
    const position = await this.#work.position();
    this.#passed(position);
    return position;
  }

  async #resetIfWanted(): Promise<void> {
    if (this.#work.reset === undefined) return;
    const wanted = await this.#store.position(this.name + RESTART);
    if (wanted === (await this.#store.position(this.name + RESTARTED))) return;
    this.#log.info({ follower: this.name }, "a follower begins again from the first entry");
    this.#seq = 0;
    await this.#work.reset();
    await this.#store.advance(this.name + RESTARTED, wanted);
    this.#restartedHere = wanted;
    this.#store.announce(this.name + RESTARTED, wanted);
  }

  #heard(about: string, seq: number): void {
    if (about === this.name) this.#passed(seq);
    else if (about === this.name + RESTART) this.#restartSoon();
    // What this process did itself it hears late, perhaps when it has come far again.
    else if (about === this.name + RESTARTED && seq !== this.#restartedHere) this.#seq = 0;
  }

  #appended(seq: number): void {
    this.#newest = this.#newest === Infinity ? seq : Math.max(seq, this.#newest);
    this.#wakeUps.wake();
    // Later in the turn, as what this process has written is kept only then.
    if (this.#working !== null && this.#ahead === null) setImmediate(() => this.#readAhead());
  }

  #restartSoon(): void {
    this.#isRestartWanted = true;
    this.#seq = 0;
    this.#halted = null;
    this.#wakeUps.wake();
  }

  async #step(position: number): Promise<number> {
    const entries = await this.#entriesAfter(position);
    const last = entries.at(-1);
    if (last === undefined) {
      const isWoken = await this.#wakeUps.wait(POLL_MS);
      if (!isWoken) this.#newest = Infinity;
      return position;
    }
    await this.#handle(entries, last.seq);
    this.#passed(last.seq);
    this.#store.announce(this.name, last.seq);
    // SQLite and the graph in memory answer at once: without a turn of the event loop nothing else would happen until the end is reached.
    await new Promise(setImmediate);
    return last.seq;
  }

  async #handle(entries: readonly ProjectedEntry[], last: number): Promise<void> {
    this.#working = last;
    if (entries.length === this.#work.batchMax) this.#readAhead();
    try {
      await this.#work.handle(entries);
    } finally {
      this.#working = null;
    }
  }

  async #entriesAfter(position: number): Promise<readonly ProjectedEntry[]> {
    const ahead = this.#ahead;
    this.#ahead = null;
    const found = ahead?.after === position ? await ahead.entries : [];
    // With what came since: what was read is kept by then.
    return found.length === this.#work.batchMax ? found : this.#read(position);
  }

  #readAhead(): void {
    const after = this.#working;
    if (after === null || this.#ahead !== null) return;
    const entries = this.#read(after);
    // Whoever takes it hears of a failure; nobody may, after a restart.
    entries.catch(() => {});
    this.#ahead = { after, entries };
  }

  #read(after: number): Promise<readonly ProjectedEntry[]> {
    return this.#tail.read(after, this.#work.batchMax, this.#newest);
  }

  #passed(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    for (const waiter of this.#waiters) if (waiter.seq <= seq) waiter.resolve(true);
  }

  async #retryLater(error: unknown, failures: number): Promise<void> {
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!;
    this.#log.warn({ err: error, follower: this.name, waitMs }, "a follower's step failed; it will be tried again");
    await pause(waitMs, this.#stop.signal);
  }

  #halt(error: unknown): void {
    this.#halted = error instanceof Error ? error.message : String(error);
    this.#log.error({ err: error, follower: this.name, seq: this.#seq }, "a follower has halted; nothing was skipped");
    for (const waiter of this.#waiters) waiter.resolve(false);
  }
}
