import { setImmediate } from "node:timers/promises";
import type { Prediction } from "@clew/plugin-sdk";
import type { Batch } from "@clew/plugin-models";
import type { PredictionLog } from "./prediction-log.ts";
import type { Revision, ServedEntry } from "./revision.ts";
import { columnsOf } from "./columns.ts";
import { takeFitting } from "./take-fitting.ts";

const EVERY_MS = 20;
/** Rows that a shadow works on before the event loop looks for requests again. */
const ROWS_AT_ONCE = 64;
/** Requests that may wait for one; what comes then is not shadowed, and counted as dropped. */
const WAITING_MAX = 1_000;

interface Shadowed {
  readonly id: string;
  readonly at: string;
  readonly batch: Batch;
  readonly entry: ServedEntry;
  readonly deployment: string;
  readonly release: () => void;
}

/** Lets models that answer nobody see the same requests, after they have been answered and a few at a time. */
export class Shadows {
  readonly #log: PredictionLog;
  readonly #waiting: Shadowed[] = [];
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> = Promise.resolve();

  constructor(log: PredictionLog) {
    this.#log = log;
  }

  see(revision: Revision, { id, at, batch }: Pick<Shadowed, "id" | "at" | "batch">): void {
    for (const entry of revision.shadows) {
      if (Math.random() * 100 >= entry.weight) continue;
      if (this.#waiting.length >= WAITING_MAX) this.#log.drop();
      else this.#waiting.push({ id, at, batch, entry, deployment: revision.id, release: revision.hold() });
    }
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => void this.#work(), EVERY_MS);
  }

  /** Resolves when what waits has been seen. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#work();
  }

  /** Resolves when what is at work has ended too; never rejects. */
  #work(): Promise<void> {
    this.#working = this.#working.then(() => this.#seeWaiting());
    return this.#working;
  }

  async #seeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = takeFitting(this.#waiting, ({ batch }) => batch.rows, { sizeMax: ROWS_AT_ONCE });
      await Promise.all(taken.map((shadowed) => this.#answer(shadowed)));
      await setImmediate();
    }
    this.#timer = null;
  }

  async #answer({ id, at, batch, entry, deployment, release }: Shadowed): Promise<void> {
    const begun = performance.now();
    const said = (outputs: Prediction["outputs"], error: Prediction["error"]): Prediction => ({
      id,
      deployment,
      model: entry.id,
      mode: "SHADOW",
      at,
      latencyMs: performance.now() - begun,
      rows: batch.rows,
      // They are those of the answered request of the same id.
      inputs: null,
      outputs,
      error,
    });
    try {
      const answered = await entry.batcher.predict(batch);
      this.#log.add(said(columnsOf(answered, entry.model.outputs), null));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#log.add(said(null, { status: 500, message: message.slice(0, 1_000) }));
    } finally {
      release();
    }
  }
}
