/** The newest of what is put, each given once to one reader; what a newer one overtook is never seen. */
export class Newest<T> {
  readonly #signal: AbortSignal;
  #waiting: T | null = null;
  #wake = (): void => {};

  /** Ends with `signal`. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  put(value: T): void {
    this.#waiting = value;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (!this.#signal.aborted) {
      const value = this.#waiting;
      this.#waiting = null;
      if (value !== null) yield value;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
