import type { Logger } from "pino";
import type { MemoryGraph } from "../adapters/memory/index.ts";

const INTERVAL_MS = 5 * 60_000;

/** Saves the embedded graph from time to time and at the end, so that a start replays only what came later. Answers how to end. */
export function keepSnapshots(graph: MemoryGraph, log: Logger): () => Promise<void> {
  let savedSeq = 0;
  const save = async () => {
    const seq = (await graph.position())?.seq ?? 0;
    if (seq === savedSeq) return;
    await graph.saveSnapshot();
    savedSeq = seq;
  };
  const timer = setInterval(() => {
    save().catch((error: unknown) => log.warn({ err: error }, "the graph's snapshot was not saved"));
  }, INTERVAL_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await save();
  };
}
