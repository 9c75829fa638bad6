import type { WebhookRow } from "../../ports/webhooks.ts";
import { Courier, type CourierParts } from "./courier.ts";
import { pause } from "../../ledger/pause.ts";

export interface DeliveryLog {
  warn(fields: object, message: string): void;
}

interface Running {
  readonly courier: Courier;
  readonly end: AbortController;
  readonly done: Promise<void>;
}

/** How often it looks which webhooks there are. */
const LOOK_MS = 1_000;

/**
 * Delivers to every webhook at once, each with a position of its own, so that one that is slow or dead holds up no other. Of all
 * server processes one does it (a lock in SQL).
 */
export class WebhookDeliveries {
  readonly #parts: Omit<CourierParts, "ledgerId">;
  readonly #log: DeliveryLog;
  readonly #stop = new AbortController();
  #working: Promise<void> | null = null;

  constructor(parts: Omit<CourierParts, "ledgerId">, log: DeliveryLog) {
    this.#parts = parts;
    this.#log = log;
  }

  start(): void {
    this.#working = this.#work();
  }

  /** Requests under way are broken off; they are sent again after the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const lock = await this.#parts.store.lock("webhooks", signal);
        try {
          await this.#supervise(AbortSignal.any([signal, lock.lost]));
        } finally {
          await lock.release();
        }
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ err: error }, "webhooks are not delivered to; trying again");
        await pause(LOOK_MS, signal);
      }
    }
  }

  async #supervise(signal: AbortSignal): Promise<void> {
    const { ledgerId } = await this.#parts.store.head();
    const running = new Map<string, Running>();
    try {
      while (!signal.aborted) {
        this.#sync({ ...this.#parts, ledgerId }, await this.#parts.webhooks.all(), running);
        await pause(LOOK_MS, signal);
      }
    } finally {
      for (const { end } of running.values()) end.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    }
  }

  #sync(parts: CourierParts, rows: readonly WebhookRow[], running: Map<string, Running>): void {
    const wanted = new Map(rows.filter(({ disabledReason }) => disabledReason === null).map((row) => [row.id, row]));
    for (const [id, { courier, end }] of running) {
      const row = wanted.get(id);
      // Deleted, or told to begin anew: then it is started again at the next look.
      if (row === undefined || (row.failures === 0 && courier.failures > 0)) end.abort();
    }
    for (const [id, row] of wanted) {
      if (running.has(id)) continue;
      const end = new AbortController();
      const courier = new Courier(parts, row, end.signal);
      running.set(id, { courier, end, done: this.#run(courier, row, end).finally(() => running.delete(id)) });
    }
  }

  async #run(courier: Courier, { id }: WebhookRow, end: AbortController): Promise<void> {
    try {
      await courier.run();
    } catch (error) {
      if (!end.signal.aborted)
        this.#log.warn({ err: error, webhook: id }, "a webhook's deliveries failed; they begin again");
    } finally {
      // Its ear at the ledger closes with it.
      end.abort();
    }
  }
}
