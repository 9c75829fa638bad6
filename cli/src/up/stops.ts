/** What was started, to be stopped in reverse. */
export class Stops {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  #stopping: Promise<void> | null = null;

  add(name: string, stop: () => Promise<void>): void {
    this.#stops.push({ name, stop });
  }

  /** Stops everything once, however often it is called. What will not stop is told, and the rest is stopped all the same. */
  stopAll(say: (line: string) => void): Promise<void> {
    this.#stopping ??= this.#stopEach(say);
    return this.#stopping;
  }

  async #stopEach(say: (line: string) => void): Promise<void> {
    for (const { name, stop } of this.#stops.toReversed()) {
      try {
        await stop();
      } catch (error) {
        say(`${name} did not stop well: ${(error as Error).message}`);
      }
    }
  }
}
