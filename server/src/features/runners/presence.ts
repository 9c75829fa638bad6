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

  /** Where an attempt's service answers requests, as the runner says that holds it. */
  addressOf(runId: string, { runner, attempt }: { readonly runner: string; readonly attempt: number }): string | null {
    const leases = this.last(runner)?.leases ?? [];
    return leases.find((lease) => lease.runId === runId && lease.attempt === attempt)?.listensAt ?? null;
  }

  /** Runs of which some runner says that it answers requests for them. */
  get listeningRuns(): string[] {
    const leases = this.present().flatMap((beat) => beat.leases);
    return [...new Set(leases.filter(({ listensAt }) => listensAt !== undefined).map(({ runId }) => runId))];
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
