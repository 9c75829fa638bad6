/** Waits that others can end. A wake-up that comes while nobody waits ends the next wait at once. For one who waits. */
export class WakeUps {
  #isWoken = false;
  #wake: (() => void) | null = null;

  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** At most so long. Answers whether it was woken. */
  async wait(maxMs: number): Promise<boolean> {
    if (!this.#isWoken) await this.#sleep(maxMs);
    const isWoken = this.#isWoken;
    this.#wake = null;
    this.#isWoken = false;
    return isWoken;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
