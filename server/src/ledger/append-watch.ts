import type { LedgerStore } from "../ports/ledger-store.ts";

/** Waits for entries until its signal is aborted; whatever was appended since the last wait ends the next one at once. */
export class AppendWatch {
  readonly #signal: AbortSignal;
  #isNew = false;
  #wake: (() => void) | null = null;

  constructor(store: Pick<LedgerStore, "onAppend">, signal: AbortSignal) {
    this.#signal = signal;
    const unsubscribe = store.onAppend(() => {
      this.#isNew = true;
      this.#wake?.();
    });
    const end = () => {
      unsubscribe();
      this.#wake?.();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  /** At most so long: a hint may have been missed. */
  async wait(maxMs: number): Promise<void> {
    if (!this.#isNew && !this.#signal.aborted) await this.#sleep(maxMs);
    this.#isNew = false;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
