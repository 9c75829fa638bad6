import type { Heartbeat } from "@clew/schema";

/** A runner that has not been heard for so long counts as gone. */
export const SILENT_MS = 15_000;

/** Which runners are there now, from their heartbeats. Not durable: after a start it fills within one beat. */
export class Presence {
  readonly #now: () => number;
  readonly #beats = new Map<string, { readonly beat: Heartbeat; readonly heardAt: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  heard(beat: Heartbeat): void {
    this.#beats.set(beat.runnerId, { beat, heardAt: this.#now() });
  }

  last(runnerId: string): Heartbeat | null {
    const known = this.#beats.get(runnerId);
    return known && this.#now() - known.heardAt <= SILENT_MS ? known.beat : null;
  }

  /** Beats of the runners that are there. */
  present(): Heartbeat[] {
    return [...this.#beats.keys()].flatMap((id) => this.last(id) ?? []);
  }

  /** Beats of the runners that are there and host this plugin in this pool. */
  hosting(plugin: string, pool: string): Heartbeat[] {
    return this.present().filter((beat) => beat.pool === pool && beat.plugins.some(({ name }) => name === plugin));
  }
}
