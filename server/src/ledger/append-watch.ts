import type { LedgerStore } from "../ports/ledger-store.ts";
import { WakeUps } from "./wake-ups.ts";

/** Waits for entries until its signal is aborted; whatever was appended since the last wait ends the next one at once. */
export class AppendWatch {
  readonly #signal: AbortSignal;
  readonly #wakeUps = new WakeUps();

  constructor(store: Pick<LedgerStore, "onAppend">, signal: AbortSignal) {
    this.#signal = signal;
    const unsubscribe = store.onAppend(() => this.#wakeUps.wake());
    const end = () => {
      unsubscribe();
      this.#wakeUps.wake();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  /** At most so long: a hint may have been missed. */
  async wait(maxMs: number): Promise<void> {
    if (!this.#signal.aborted) await this.#wakeUps.wait(maxMs);
  }
}
