import { changeServed } from "../deployments/index.ts";
import type { Beginning } from "./beginning.ts";

/** Gives an endpoint a revision, as a step that waits until that is served. */
export function beginRevision(...revision: Parameters<typeof changeServed>): Beginning {
  const { heads, decide } = changeServed(...revision);
  return {
    heads,
    begin: (known, context) => {
      const decided = decide(known, context);
      if ("errors" in decided) return decided;
      const { deployment, decision } = decided.answer;
      return { facts: decided.facts, change: { deployment, decision, waitsFor: deployment } };
    },
  };
}
