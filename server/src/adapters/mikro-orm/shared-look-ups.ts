/**
 * Look-ups by id that share queries: what is asked while one query is under way waits for it and is then asked as one. A caller alone
 * waits for nothing; many at once cost a query, and not one each. What was committed before a call is seen by it.
 */
export class SharedLookUps<Value extends { readonly id: string }> {
  readonly #load: (ids: readonly string[]) => Promise<readonly Value[]>;
  #running: Promise<unknown> | null = null;
  #next: { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, Value>> } | null = null;

  constructor(load: (ids: readonly string[]) => Promise<readonly Value[]>) {
    this.#load = load;
  }

  /** The values of these ids, those that exist. */
  async find(ids: readonly string[]): Promise<readonly Value[]> {
    const batch = (this.#next ??= this.#begin());
    for (const id of ids) batch.ids.add(id);
    const found = await batch.found;
    return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
  }

  #begin() {
    const ids = new Set<string>();
    const found = this.#afterRunning(ids);
    this.#running = found;
    return { ids, found };
  }

  async #afterRunning(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Value>> {
    // Also without one under way, callers of the same turn get to add their ids.
    await this.#running?.catch(() => {});
    this.#next = null;
    return new Map((await this.#load([...ids])).map((value) => [value.id, value]));
  }
}
