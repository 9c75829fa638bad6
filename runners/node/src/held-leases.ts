/** An attempt that this runner holds. */
export interface Lease {
  readonly runId: string;
  readonly attempt: number;
  readonly leaseMs: number;
  /** Where the attempt's service answers requests. */
  readonly listensAt?: string;
}

/** How many attempts are remembered after they ended. */
const REMEMBERED = 10_000;

/**
 * The attempts that this runner holds or has held. An invitation can come twice, and its claim, with the same idempotency key, is
 * answered twice: only here is seen that the attempt runs already.
 */
export class HeldLeases {
  readonly #held = new Map<string, Lease>();
  readonly #taken = new Set<string>();
  readonly #changed: () => void;

  /** `changed` is called after each change. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): readonly Lease[] {
    return [...this.#held.values()];
  }

  get shortestMs(): number | null {
    const times = this.all.map(({ leaseMs }) => leaseMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  wasTaken(runId: string, attempt: number): boolean {
    return this.#taken.has(`${runId}:${attempt}`);
  }

  take(lease: Lease): void {
    const key = `${lease.runId}:${lease.attempt}`;
    this.#held.set(key, lease);
    this.#taken.add(key);
    const [oldest] = this.#taken;
    if (this.#taken.size > REMEMBERED && oldest !== undefined) this.#taken.delete(oldest);
    this.#changed();
  }

  listens({ runId, attempt }: Pick<Lease, "runId" | "attempt">, listensAt: string): void {
    const key = `${runId}:${attempt}`;
    const lease = this.#held.get(key);
    if (lease === undefined || lease.listensAt === listensAt) return;
    this.#held.set(key, { ...lease, listensAt });
    this.#changed();
  }

  release({ runId, attempt }: Pick<Lease, "runId" | "attempt">): void {
    this.#held.delete(`${runId}:${attempt}`);
    this.#changed();
  }
}
