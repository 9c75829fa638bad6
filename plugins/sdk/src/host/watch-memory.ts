import { type Failure, failure } from "@clew/schema";
import type { ProcessGroup } from "./process-group.ts";

const FIRST_LOOK_MS = 10;
const INTERVAL_MS = 500;

export interface MemoryWatch {
  readonly peakRssBytes: number;
  /** One more look for the peak; reports nothing after stop. */
  look(): Promise<void>;
  stop(): void;
}

/** Looks at a group's resident size each 500 ms (sooner at first) and reports once when it is above the bound. */
export function watchMemory(group: ProcessGroup, boundMiB: number, onExceeded: (cause: Failure) => void): MemoryWatch {
  let peakRssBytes = 0;
  let timer: NodeJS.Timeout;
  let isStopped = false;
  const look = async () => {
    const { rssBytes, peakBytes } = await group.memory();
    peakRssBytes = Math.max(peakRssBytes, peakBytes);
    if (!isStopped && rssBytes > boundMiB * 1024 * 1024) onExceeded(outOfMemory(rssBytes, boundMiB));
  };
  const again = (delayMs: number) => {
    timer = setTimeout(() => {
      void look().finally(() => {
        if (!isStopped) again(Math.min(delayMs * 2, INTERVAL_MS));
      });
    }, delayMs);
  };
  again(FIRST_LOOK_MS);
  const stop = () => {
    isStopped = true;
    clearTimeout(timer);
  };
  return {
    get peakRssBytes() {
      return peakRssBytes;
    },
    look,
    stop,
  };
}

function outOfMemory(rssBytes: number, boundMiB: number): Failure {
  const usedMiB = Math.round(rssBytes / (1024 * 1024));
  return failure("OUT_OF_MEMORY", `the job held ${usedMiB} MiB, its bound is ${boundMiB} MiB`);
}
