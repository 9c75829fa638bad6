import type { WatchStep } from "@clew/schema";
import type { Beginning } from "./beginning.ts";
import type { Progress } from "./progress.ts";
import { stepFailure } from "./step-outcome.ts";

/** Waits for a monitor's reports; what came before counts, and is found at once. */
export function beginWatch(definition: WatchStep, progress: Progress): Beginning {
  const required = progress.required(definition);
  const model = progress.idOf(definition.about);
  return {
    heads: [],
    begin: () => {
      if ("failure" in required) return required;
      if (model === null) return { failure: stepFailure("UNKNOWN_NODE", "the model to watch was not made") };
      return { facts: [], change: { waitsFor: progress.deploymentOf(definition.deployment) } };
    },
  };
}
