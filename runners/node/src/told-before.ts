import type { PredictionBatch } from "@clew/schema";

/** Attempts whose last number is kept: those that were heard of last. */
const ATTEMPTS_MAX = 1_000;

/**
 * Finds what a stream holds twice. NATS knows a message again for two minutes; whoever hears no answer for longer stores it once more. An attempt
 * stores its batches one after the other, so what has no higher number than the one before was told before.
 */
export class ToldBefore {
  readonly #last = new Map<string, number>();

  /** Whether this batch, or a later one of its attempt, was asked about before. */
  has({ runId, attempt, n }: Pick<PredictionBatch, "runId" | "attempt" | "n">): boolean {
    const key = `${runId}:${attempt}`;
    const last = this.#last.get(key) ?? 0;
    this.#last.delete(key);
    this.#last.set(key, Math.max(last, n));
    if (this.#last.size > ATTEMPTS_MAX) this.#last.delete(this.#last.keys().next().value!);
    return n <= last;
  }
}
