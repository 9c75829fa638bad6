/** Tried so often, with a follower's pauses, takes 17 s. */
const TRIES_MAX = 6;

/** How often each of a follower's acts has failed, one time after the other: what always fails holds up what comes after it for so long only. */
export class Tries {
  readonly #failures = new Map<string, number>();

  /** Acts, or gives up where that has failed too often. @throws what keeps it from being done, to be tried again. */
  async attempt<Value>(
    name: string,
    act: () => Promise<Value>,
    giveUp: (error: unknown) => Value | Promise<Value>,
  ): Promise<Value> {
    let value: Value;
    try {
      value = await act();
    } catch (error) {
      const failures = (this.#failures.get(name) ?? 0) + 1;
      this.#failures.set(name, failures);
      if (failures < TRIES_MAX) throw error;
      value = await giveUp(error);
    }
    this.#failures.delete(name);
    return value;
  }
}
